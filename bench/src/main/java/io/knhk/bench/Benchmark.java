package io.knhk.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be run, by the names that {@code bench/run} lists. */
enum Benchmark {
  LOOP_EVENTS {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return LoopEvents.run(arguments);
    }
  },
  VERIFY {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return Microbenchmarks.verify();
    }
  },
  SIGN {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return Microbenchmarks.sign();
    }
  },
  CHECK {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return Microbenchmarks.check();
    }
  },
  STAGES {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return Microbenchmarks.stages();
    }
  },
  UP_ONCE {
    @Override
    List<Figure> run(Arguments arguments) throws Exception {
      return UpOnce.run();
    }
  };

  abstract List<Figure> run(Arguments arguments) throws Exception;

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Benchmark named(String label) {
    return Arrays.stream(values())
        .filter(benchmark -> benchmark.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected a known benchmark: name=" + label + ", names=" + names()));
  }

  static String names() {
    return Arrays.stream(values()).map(Benchmark::label).collect(Collectors.joining(" "));
  }
}
