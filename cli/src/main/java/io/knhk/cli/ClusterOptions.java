package io.knhk.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code doctor --cluster} looks at, beside what {@link ConnectionOptions} names. */
final class ClusterOptions {
  @Option(
      names = "--cluster",
      required = true,
      description =
          "Looks at servers of your own as the jobs need them: Flink, topics, database, keys.")
  boolean cluster;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Properties that a job is given with --config; servers, login and keys are taken from it."
              + " Once a job.")
  List<Path> config = List.of();

  @Option(
      names = "--signing-key",
      paramLabel = "FILE",
      description = "The key that the loop signs with. Default: what --config says.")
  @Nullable Path signingKey;

  @Option(
      names = "--public-key",
      paramLabel = "FILE",
      description = "The keys that count. Default: what --config says.")
  @Nullable Path publicKey;

  @Option(
      names = "--parallelism",
      paramLabel = "N",
      description = "Of a job that does not run yet. Default: the cluster's parallelism.default.")
  @Nullable Integer parallelism;
}
