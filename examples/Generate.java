import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Writes the bundled streams that are not real: payments, vital signs and meter readings. Run from anywhere:
 *
 * <pre>java examples/Generate.java OUT_DIR</pre>
 *
 * <p>The same source gives the same bytes on every JDK and machine: {@link Random} is specified to the bit, mathematics
 * goes through {@link StrictMath}, and every file has a seed of its own. All times are UTC, in September 2015, where the
 * real traffic streams end, so that everything interleaves when it is replayed in order of event time.
 */
public final class Generate {
  private static final long SEED = 20_150_901L;

  private static final Instant PAYMENTS_FROM = Instant.parse("2015-09-01T00:00:00Z");
  private static final Instant PAYMENTS_UNTIL = Instant.parse("2015-09-17T00:00:00Z");

  /** A release: every payment carries {@code risk_score} from here on. */
  private static final Instant RISK_SCORE_FROM = Instant.parse("2015-09-09T06:00:00Z");

  /** An outage of the acquirer: many more attempts than usual for 15 minutes, most of which fail. */
  private static final Instant OUTAGE_FROM = Instant.parse("2015-09-12T19:30:00Z");

  private static final Duration OUTAGE = Duration.ofMinutes(15);
  private static final int OUTAGE_PAYMENTS = 300;
  private static final double OUTAGE_ERRORS = 0.7;

  /** A faulty release: amounts are sent in cents where euros are meant. */
  private static final Instant CENTS_FROM = Instant.parse("2015-09-15T16:00:00Z");

  private static final double PAYMENTS_A_DAY = 1_235;
  private static final double ERRORS = 0.008;
  private static final int ACCOUNTS = 40;
  private static final double AMOUNT_MIN = 0.50;
  private static final double AMOUNT_MAX = 9_500;

  private static final String[] CATEGORIES = {
    "groceries", "fuel", "restaurants", "electronics", "travel", "utilities", "clothing", "health"
  };
  private static final double[] MEDIANS = {58, 74, 64, 310, 460, 140, 96, 88};
  private static final double[] CATEGORY_SHARES = {0.27, 0.11, 0.16, 0.11, 0.1, 0.09, 0.1, 0.06};
  private static final String[] CHANNELS = {"pos", "online", "atm", "recurring"};
  private static final double[] CHANNEL_SHARES = {0.52, 0.34, 0.06, 0.08};
  private static final String[] CURRENCIES = {"EUR", "GBP", "CHF", "USD"};
  private static final double[] CURRENCY_SHARES = {0.9, 0.05, 0.03, 0.02};

  private static final Instant VITALS_FROM = Instant.parse("2015-09-16T04:00:00Z");
  private static final int VITALS_MINUTES = 8 * 60;
  private static final int PATIENTS = 8;

  /** The patient whose monitor falls silent half way. */
  private static final int SILENT_PATIENT = 7;

  private static final String[] WARDS = {"cardiology", "intensive-care", "surgery", "geriatrics"};

  private static final Instant READINGS_FROM = Instant.parse("2015-09-06T00:00:00Z");
  private static final int READINGS_DAYS = 10;
  private static final int METERS = 20;

  private Generate() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("Expected one argument, the folder to write to: java Generate.java OUT_DIR");
      System.exit(2);
    }
    Path out = Path.of(arguments[0]);
    write(
        out.resolve("finance/payment.authorised.csv"),
        "timestamp,value,key,outcome,currency,merchant_category,channel,risk_score",
        payments());
    write(out.resolve("healthcare/vital.heart_rate.csv"), "timestamp,value,key,ward", heartRates());
    write(out.resolve("healthcare/vital.spo2.csv"), "timestamp,value,key,ward", saturations());
    write(out.resolve("energy/meter.reading.csv"), "timestamp,value,key", readings());
  }

  private static List<String> payments() {
    Random random = new Random(SEED);
    List<Long> times = new ArrayList<>();
    for (long minute = 0; minute < Duration.between(PAYMENTS_FROM, PAYMENTS_UNTIL).toMinutes(); minute++) {
      double hour = minute % 1_440 / 60.0;
      double expected = PAYMENTS_A_DAY / 1_440 * (1 + 0.75 * StrictMath.sin((hour - 8.5) * StrictMath.PI / 12));
      for (int i = poisson(random, expected); i > 0; i--) {
        times.add(PAYMENTS_FROM.toEpochMilli() + minute * 60_000 + random.nextInt(60_000));
      }
    }
    for (int i = 0; i < OUTAGE_PAYMENTS; i++) {
      times.add(OUTAGE_FROM.toEpochMilli() + random.nextInt((int) OUTAGE.toMillis()));
    }
    Collections.sort(times);
    List<String> lines = new ArrayList<>();
    for (long time : times) {
      lines.add(payment(random, time));
    }
    return lines;
  }

  private static String payment(Random random, long time) {
    int category = pick(random, CATEGORY_SHARES);
    double amount = MEDIANS[category] * StrictMath.exp(0.75 * random.nextGaussian());
    BigDecimal value = decimal(Math.min(AMOUNT_MAX, Math.max(AMOUNT_MIN, amount)), 2);
    if (time >= CENTS_FROM.toEpochMilli()) {
      value = value.movePointRight(2);
    }
    boolean outage =
        time >= OUTAGE_FROM.toEpochMilli() && time < OUTAGE_FROM.plus(OUTAGE).toEpochMilli();
    boolean error = random.nextDouble() < (outage ? OUTAGE_ERRORS : ERRORS);
    String account = "account-" + pad(1 + random.nextInt(ACCOUNTS), 3);
    double risk = StrictMath.pow(random.nextDouble(), 3);
    return Instant.ofEpochMilli(time)
        + ","
        + value.toPlainString()
        + ","
        + account
        + ","
        + (error ? "error" : "ok")
        + ","
        + CURRENCIES[pick(random, CURRENCY_SHARES)]
        + ","
        + CATEGORIES[category]
        + ","
        + CHANNELS[pick(random, CHANNEL_SHARES)]
        + ","
        + (time >= RISK_SCORE_FROM.toEpochMilli() ? decimal(risk, 3).toPlainString() : "");
  }

  private static List<String> heartRates() {
    Random random = new Random(SEED + 1);
    double[] now = new double[PATIENTS];
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < VITALS_MINUTES; minute++) {
      for (int patient = 1; patient <= PATIENTS; patient++) {
        double rest = 58 + 4.0 * patient;
        now[patient - 1] = 0.9 * now[patient - 1] + 2.2 * random.nextGaussian();
        double bpm = Math.min(180, Math.max(40, rest + now[patient - 1]));
        vital(lines, random, minute, patient, decimal(bpm, 0));
      }
    }
    return lines;
  }

  private static List<String> saturations() {
    Random random = new Random(SEED + 2);
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < VITALS_MINUTES; minute++) {
      for (int patient = 1; patient <= PATIENTS; patient++) {
        double percent = Math.min(100, Math.max(85, 96.8 + 0.9 * random.nextGaussian()));
        vital(lines, random, minute, patient, decimal(percent, 1));
      }
    }
    return lines;
  }

  /** One reading of one patient in one minute, unless the monitor is silent; within a minute patients come in order. */
  private static void vital(
      List<String> lines, Random random, int minute, int patient, BigDecimal value) {
    int second = (patient - 1) * 7 + random.nextInt(7);
    if (patient == SILENT_PATIENT && minute >= VITALS_MINUTES / 2) {
      return;
    }
    lines.add(
        time(VITALS_FROM.plusSeconds(minute * 60L + second))
            + ","
            + value.toPlainString()
            + ",patient-"
            + patient
            + ","
            + WARDS[(patient - 1) / 2]);
  }

  /** Kilowatt hours of a quarter of an hour: a base load, a peak in the morning and a higher one in the evening. */
  private static List<String> readings() {
    Random random = new Random(SEED + 3);
    List<String> lines = new ArrayList<>();
    for (int quarter = 0; quarter < READINGS_DAYS * 96; quarter++) {
      double hour = quarter % 96 / 4.0;
      double shape = 0.25 + 0.5 * peak(hour, 7.5, 1.5) + 1.1 * peak(hour, 19.5, 2.5);
      for (int meter = 1; meter <= METERS; meter++) {
        double size = 0.6 + 0.04 * meter;
        double noise = StrictMath.exp(0.18 * random.nextGaussian());
        lines.add(
            time(READINGS_FROM.plusSeconds(quarter * 900L))
                + ","
                + decimal(size * shape * noise, 3).toPlainString()
                + ",meter-"
                + pad(meter, 2));
      }
    }
    return lines;
  }

  private static double peak(double hour, double at, double width) {
    double distance = (hour - at) / width;
    return StrictMath.exp(-0.5 * distance * distance);
  }

  /** Knuth's method; fit for a small mean. */
  private static int poisson(Random random, double mean) {
    double limit = StrictMath.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  /** An index, each as often as its share says. */
  private static int pick(Random random, double[] shares) {
    double left = random.nextDouble();
    for (int i = 0; i < shares.length - 1; i++) {
      left -= shares[i];
      if (left < 0) {
        return i;
      }
    }
    return shares.length - 1;
  }

  private static BigDecimal decimal(double number, int digits) {
    return new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN);
  }

  private static String pad(int number, int width) {
    return "0".repeat(Math.max(0, width - Integer.toString(number).length())) + number;
  }

  private static String time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDateTime().toString().replace('T', ' ')
        + (instant.getEpochSecond() % 60 == 0 ? ":00" : "");
  }

  private static void write(Path file, String header, List<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, header + "\n" + String.join("\n", lines) + "\n");
  }
}
