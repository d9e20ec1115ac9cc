/** Reads the manifests of this module as Flink's Kubernetes operator does, without a cluster. */
@org.jspecify.annotations.NullMarked
package io.knhk.deploy;
