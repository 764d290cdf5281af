import java.io.File;

import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.ContainerUnloader;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** Opens GEXF files with the importer of Gephi: no issue, a time for edges. */
public class Gephi {
    public static void main(String[] args) throws Exception {
        Lookup.getDefault().lookup(ProjectController.class).newProject();
        for (String name : args) {
            open(new File(name));
        }
        System.exit(0);
    }

    static void open(File file) throws Exception {
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        Container container = importer.importFile(file);
        container.closeLoader();
        var issues = container.getReport().getIssues(100);
        while (issues.hasNext()) {
            Issue issue = issues.next();
            if (issue.getLevel().toInteger() >= Issue.Level.WARNING.toInteger()) {
                throw new IllegalStateException(issue.getMessage());
            }
        }
        ContainerUnloader read = container.getUnloader();
        boolean timed = false;
        for (var edge : read.getEdges()) {
            timed |= edge.getTimeSet() != null && !edge.getTimeSet().isEmpty();
        }
        if (!timed || !read.getTimeFormat().toString().equals("DATE")) {
            throw new IllegalStateException("no edge has a time");
        }
        System.out.println("Gephi: " + file.getName() + ": " + read.getNodeCount() + " nodes, " + read.getEdgeCount() + " edges, time " + read.getTimeFormat());
    }
}
