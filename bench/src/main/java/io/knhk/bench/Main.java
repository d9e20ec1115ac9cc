package io.knhk.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/** Runs one benchmark; {@code bench/run} calls it. Progress is on stderr, figures are on stdout. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Main() {}

  public static void main(String[] args) {
    Arguments arguments;
    try {
      arguments = Arguments.parse(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(USAGE);
      return;
    }
    System.exit(run(arguments));
  }

  /** The caller has to exit: Kafka and Flink leave threads behind that are no daemons. */
  private static int run(Arguments arguments) {
    List<Figure> figures;
    try {
      figures = arguments.benchmark().run(arguments);
    } catch (Exception e) { // whatever a benchmark throws ends the run
      e.printStackTrace();
      return FAILED;
    }
    if (arguments.json()) {
      System.out.println(json(figures));
    } else {
      figures.forEach(figure -> System.out.println(figure.toText()));
    }
    return 0;
  }

  /** One object, or an array where there are several. */
  static String json(List<Figure> figures) {
    if (figures.size() == 1) {
      return figures.get(0).toJson().toString();
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    figures.forEach(figure -> array.add(figure.toJson()));
    return array.toString();
  }

  /** Tells the user how it goes. */
  static void note(String text) {
    System.err.println("bench: " + text);
  }
}
