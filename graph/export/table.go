package export

import "encoding/csv"

// table writes a table as CSV: the names of its columns, then the rows that rows
// hands over, each of which is counted.
func (w *writer) table(columns []string, rows func(row func([]string) error) error) error {
	out := csv.NewWriter(w.out)
	if err := out.Write(columns); err != nil {
		return err
	}
	err := rows(func(cells []string) error {
		if err := out.Write(cells); err != nil {
			return err
		}
		return w.row()
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
