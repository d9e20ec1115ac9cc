package io.knhk.bench;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the JMH benchmarks, ours and the peer in one run, each in processes of their own. */
final class Microbenchmarks {
  private static final int FORKS = 3;
  private static final int WARMUPS = 4;
  private static final int ITERATIONS = 5;

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

  private static Results run(Class<?> benchmark) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                    .forks(FORKS)
                    .warmupIterations(WARMUPS)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(ITERATIONS)
                    .measurementTime(TimeValue.seconds(1))
                    .verbosity(VerboseMode.SILENT)
                    .shouldFailOnError(true)
                    .build())
            .run();
    return new Results(results);
  }

  private record Results(Collection<RunResult> all) {
    double of(String method) {
      for (RunResult result : all) {
        if (result.getParams().getBenchmark().endsWith("." + method)) {
          double score = result.getPrimaryResult().getScore();
          double error = result.getPrimaryResult().getScoreError();
          Main.note(
              String.format(
                  "%s: %.4g +- %.2g %s",
                  method, score, error, result.getPrimaryResult().getScoreUnit()));
          return score;
        }
      }
      throw new IllegalStateException("expected a result: method=" + method);
    }
  }
}
