package io.knhk.knowledge.shacl;

import org.apache.jena.graph.Node;
import org.apache.jena.shacl.validation.ReportEntry;
import org.apache.jena.sparql.path.Path;
import org.jspecify.annotations.Nullable;

/**
 * One result of a validation (SHACL, section 3.6.2).
 *
 * @param root the shape with the target that led here
 * @param target the node of that target
 * @param focusNode what was looked at: the node of the target or, within, one of its values
 * @param source the shape, within the root, that is not conformed to
 */
public record ShaclResult(
    Node root,
    Node target,
    Node focusNode,
    @Nullable Path path,
    @Nullable Node value,
    @Nullable Node component,
    @Nullable Node source,
    Node severity,
    String message) {
  static ShaclResult of(Node root, Node target, ReportEntry entry) {
    return new ShaclResult(
        root,
        target,
        entry.focusNode(),
        entry.resultPath(),
        entry.value(),
        entry.sourceConstraintComponent(),
        entry.source(),
        entry.severity().level(),
        String.valueOf(entry.message()));
  }
}
