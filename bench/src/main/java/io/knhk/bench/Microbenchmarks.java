package io.knhk.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks, ours and the peer in one run, each in processes of its own. */
final class Microbenchmarks {
  private static final int FORKS = 2;
  private static final int WARMUPS = 16;
  private static final int ITERATIONS = 12;
  private static final TimeValue ITERATION = TimeValue.milliseconds(500);
  private static final int STAGES_WARMUPS = 5;
  private static final int STAGES_ITERATIONS = 5;
  private static final TimeValue STAGES_ITERATION = TimeValue.seconds(2);

  private Microbenchmarks() {}

  static List<Figure> verify() throws RunnerException {
    Results results = run(VerifyBenchmark.class);
    double strict = results.of("strict");
    return List.of(
        new Figure(
            "strict verify",
            "op/s",
            strict,
            "BouncyCastle bare Ed25519.verify",
            results.of("bare")),
        new Figure(
            "strict verify, decoded key",
            "op/s",
            strict,
            "BouncyCastle bare verify, decoded key",
            results.of("bareDecodedKey")));
  }

  static List<Figure> sign() throws RunnerException {
    Results results = run(SignBenchmark.class);
    double bare = results.of("bare");
    String peer = "BouncyCastle bare Ed25519.sign";
    return List.of(
        new Figure("receipt, from draft to envelope", "us", results.of("receipt"), peer, bare),
        new Figure("envelope of a numbered body", "us", results.of("envelope"), peer, bare));
  }

  static List<Figure> check() throws RunnerException {
    Results results = run(CheckBenchmark.class);
    double tree = results.of("readTree");
    String peer = "Jackson readTree";
    return List.of(
        new Figure("ObservationCodec.decode", "ns", results.of("decode"), peer, tree),
        new Figure("ObservationCheck.check", "ns", results.of("check"), peer, tree));
  }

  /**
   * The static stage, all stages and applying a change, by the size of the ontology and of the
   * change; full validation of the same ontology beside each.
   */
  static List<Figure> stages() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + StagesBenchmark.class.getName().replace(".", "\\.") + "[.$]")
                    .forks(1)
                    .warmupIterations(STAGES_WARMUPS)
                    .warmupTime(STAGES_ITERATION)
                    .measurementIterations(STAGES_ITERATIONS)
                    .measurementTime(STAGES_ITERATION)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    List<Figure> figures = new ArrayList<>();
    for (RunResult result : results) {
      String triples = result.getParams().getParam("triples");
      String label = result.getParams().getBenchmark();
      if (label.endsWith(".full")) {
        continue;
      }
      String size = triples + ", delta " + result.getParams().getParam("deltaTriples");
      double full = full(results, triples);
      String peer = "Jena, full validation";
      if (label.endsWith(".applyDelta")) {
        figures.add(new Figure("apply-delta " + size, "us", median(result), peer, full));
      } else {
        double validations = secondary(result, "validations");
        double staticNs = secondary(result, "staticNs");
        figures.add(new Figure("static " + size, "us", staticNs / validations / 1_000, peer, full));
        figures.add(new Figure("stages-p99 " + size, "us", p99(result), peer, full));
      }
    }
    return figures;
  }

  private static double full(Collection<RunResult> results, String triples) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith(".full"))
        .filter(result -> result.getParams().getParam("triples").equals(triples))
        .mapToDouble(Microbenchmarks::median)
        .findFirst()
        .orElseThrow();
  }

  private static double median(RunResult result) {
    return result.getPrimaryResult().getStatistics().getPercentile(50);
  }

  private static double p99(RunResult result) {
    return result.getPrimaryResult().getStatistics().getPercentile(99);
  }

  private static Results run(Class<?> benchmark) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                    .forks(FORKS)
                    .warmupIterations(WARMUPS)
                    .warmupTime(ITERATION)
                    .measurementIterations(ITERATIONS)
                    .measurementTime(ITERATION)
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    return new Results(results);
  }

  private static double secondary(RunResult result, String name) {
    return Objects.requireNonNull(result.getSecondaryResults().get(name), name).getScore();
  }

  private record Results(Collection<RunResult> all) {
    /** The median iteration of all forks, which other programs disturb less than the mean. */
    double of(String method) {
      for (RunResult result : all) {
        if (result.getParams().getBenchmark().endsWith("." + method)) {
          double[] scores =
              result.getBenchmarkResults().stream()
                  .flatMap(fork -> fork.getIterationResults().stream())
                  .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                  .sorted()
                  .toArray();
          double median = scores[scores.length / 2];
          Main.note(
              String.format(
                  "%s: median %.4g, %.4g to %.4g %s",
                  method,
                  median,
                  scores[0],
                  scores[scores.length - 1],
                  result.getPrimaryResult().getScoreUnit()));
          return median;
        }
      }
      throw new IllegalStateException("expected a result: method=" + method);
    }
  }
}
