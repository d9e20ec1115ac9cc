package io.knhk.schemas.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.schemas.Sectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bundled data is what its README says, and is spaced so that the loop can be seen to close in
 * a replay.
 */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Path DATA = EXAMPLES.resolve("data");

  /** The replay's default rate, observations a second. */
  private static final int RATE = 2_000;

  private static final String CENTS_FROM = "2015-09-15T16:00:00Z";

  /** In the order of a replay. */
  private static List<Row> rows;

  @BeforeAll
  static void read() throws IOException {
    rows = new ArrayList<>();
    try (Stream<Path> files = Files.walk(DATA)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).as("%s", file).startsWith("timestamp,value");
        String sector = file.getParent().getFileName().toString();
        String name = file.getFileName().toString();
        String type = name.substring(0, name.length() - ".csv".length());
        for (String line : lines.subList(1, lines.size())) {
          rows.add(row(sector, type, line));
        }
      }
    }
    rows.sort(Comparator.comparingLong(Row::timeMs));
  }

  @Test
  void shouldBeWhatTheGeneratorWritesWhenItIsNotReal(@TempDir Path out)
      throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(), EXAMPLES.resolve("Generate.java").toString(), out.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.resolve("log").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(out.resolve("log"))).isZero();
    for (String file :
        List.of(
            "finance/payment.authorised.csv",
            "healthcare/vital.heart_rate.csv",
            "healthcare/vital.spo2.csv",
            "energy/meter.reading.csv")) {
      assertThat(out.resolve(file)).hasSameBinaryContentAs(DATA.resolve(file));
    }
  }

  @Test
  void shouldHoldEverySectorAndTheLicenceOfWhatIsReal() {
    assertThat(rows).hasSize(102_246);
    assertThat(rows.stream().map(Row::sector).distinct().sorted().toList()).isEqualTo(Sectors.ALL);
    assertThat(DATA.resolve("LICENSE-NAB.txt")).content().contains("Numenta Inc.");
  }

  @Test
  void shouldStayInRangeUntilAmountsAreInCents() {
    for (Row row : rows) {
      switch (row.type()) {
        case "vital.heart_rate" -> assertThat(row.value()).isBetween(20.0, 250.0);
        case "vital.spo2" -> assertThat(row.value()).isBetween(50.0, 100.0);
        case "meter.reading" -> assertThat(row.value()).isBetween(0.0, 100.0);
        case "payment.authorised" -> {
          if (row.time().compareTo(CENTS_FROM) < 0) {
            assertThat(row.value()).isBetween(0.01, 10_000.0);
          }
        }
        default -> {
          // Real: it is what it is.
        }
      }
    }
    List<Row> cents = rows.stream().filter(ExamplesTest::isCents).toList();
    assertThat(cents).hasSizeBetween(1_400, 1_800);
    assertThat(cents.stream().filter(row -> row.value() > 10_000).count())
        .isGreaterThan(cents.size() / 3);
  }

  @Test
  void shouldLeaveTimeForTheLoopToClose() {
    int riskScore = first(ExamplesTest::hasRiskScore);
    int cents = first(ExamplesTest::isCents);
    int lastPayment = last(row -> row.type().equals("payment.authorised"));
    assertThat(cents - riskScore).isGreaterThan(12 * RATE);
    assertThat(lastPayment - cents).isGreaterThan(4 * RATE);
    Predicate<Row> occupancy = row -> row.type().equals("traffic.occupancy");
    assertThat(last(occupancy) - first(occupancy)).isGreaterThan(8 * RATE);
  }

  @Test
  void shouldCarryRiskScoresFromOneMomentOn() {
    List<Row> payments =
        rows.stream().filter(row -> row.type().equals("payment.authorised")).toList();
    int from = payments.indexOf(rows.get(first(ExamplesTest::hasRiskScore)));
    assertThat(from).isBetween(payments.size() * 45 / 100, payments.size() * 55 / 100);
    assertThat(payments.subList(from, payments.size())).allMatch(ExamplesTest::hasRiskScore);
    for (Row row : payments.subList(from, payments.size())) {
      assertThat(row.cells().get(7)).matches("[01]\\.[0-9]{3}");
    }
  }

  @Test
  void shouldFailInABurstBetweenTheTwoReleases() {
    List<Row> outage =
        rows.stream()
            .filter(row -> row.type().equals("payment.authorised"))
            .filter(
                row ->
                    row.time().startsWith("2015-09-12T19:3")
                        || row.time().startsWith("2015-09-12T19:4"))
            .filter(row -> row.time().compareTo("2015-09-12T19:45") < 0)
            .toList();
    assertThat(outage).hasSizeGreaterThan(300);
    assertThat(outage.stream().filter(row -> row.cells().get(3).equals("error")).count())
        .isGreaterThan(outage.size() / 2);
    assertThat(
            rows.stream()
                .filter(row -> row.type().equals("payment.authorised") && !outage.contains(row))
                .filter(row -> row.cells().get(3).equals("error"))
                .count())
        .isLessThan(300);
  }

  @Test
  void shouldHearNothingOfPatientSevenHalfWay() {
    Predicate<Row> silent = row -> row.cells().size() > 2 && row.cells().get(2).equals("patient-7");
    assertThat(rows.get(last(silent)).time()).isLessThan("2015-09-16 08:00:00");
    for (int patient : new int[] {1, 2, 3, 4, 5, 6, 8}) {
      Predicate<Row> other =
          row -> row.cells().size() > 2 && row.cells().get(2).equals("patient-" + patient);
      assertThat(rows.get(last(other)).time()).isGreaterThan("2015-09-16 11:58:59");
    }
  }

  private static boolean hasRiskScore(Row row) {
    return row.type().equals("payment.authorised") && !row.cells().get(7).isEmpty();
  }

  private static boolean isCents(Row row) {
    return row.type().equals("payment.authorised") && row.time().compareTo(CENTS_FROM) >= 0;
  }

  private static int first(Predicate<Row> wanted) {
    for (int i = 0; i < rows.size(); i++) {
      if (wanted.test(rows.get(i))) {
        return i;
      }
    }
    throw new AssertionError("expected one such row");
  }

  private static int last(Predicate<Row> wanted) {
    for (int i = rows.size() - 1; i >= 0; i--) {
      if (wanted.test(rows.get(i))) {
        return i;
      }
    }
    throw new AssertionError("expected one such row");
  }

  private static Row row(String sector, String type, String line) {
    List<String> cells = List.of(line.split(",", -1));
    String iso = cells.get(0).replace(' ', 'T').replace("Z", "");
    long timeMs = LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
    return new Row(sector, type, cells.get(0), timeMs, Double.parseDouble(cells.get(1)), cells);
  }

  private record Row(
      String sector, String type, String time, long timeMs, double value, List<String> cells) {}
}
