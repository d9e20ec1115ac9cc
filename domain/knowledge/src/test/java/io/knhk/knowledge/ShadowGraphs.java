package io.knhk.knowledge;

import org.apache.jena.graph.Graph;
import org.apache.jena.graph.GraphMemFactory;

/** Snapshots as graphs. */
final class ShadowGraphs {
  private ShadowGraphs() {}

  static Graph of(Snapshot snapshot) {
    Graph graph = GraphMemFactory.createDefaultGraphSameTerm();
    snapshot.lines().forEach(line -> graph.add(ShadowGraph.triple(line)));
    return graph;
  }
}
