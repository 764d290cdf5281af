package sparql

func groupText(g *Group) string { return "" }
