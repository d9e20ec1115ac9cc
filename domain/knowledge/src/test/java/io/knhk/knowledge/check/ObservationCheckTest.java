package io.knhk.knowledge.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.knhk.schemas.detection.Mismatch;
import io.knhk.schemas.detection.MismatchKind;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Attribute;
import io.knhk.schemas.observation.Datatype;
import io.knhk.schemas.observation.Observation;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObservationCheckTest {
  private static final double NONE = Double.POSITIVE_INFINITY;
  private static final CompiledType PAYMENT =
      new CompiledType(
          "payment",
          2,
          true,
          0.01,
          10_000,
          List.of(
              new CompiledProperty("amount", Datatype.DECIMAL, false, 0, 1, List.of()),
              new CompiledProperty("channel", Datatype.STRING, true, -NONE, NONE, List.of()),
              new CompiledProperty(
                  "currency", Datatype.STRING, true, -NONE, NONE, List.of("CHF", "EUR")),
              new CompiledProperty("instant", Datatype.BOOLEAN, false, -NONE, NONE, List.of()),
              new CompiledProperty("term", Datatype.INTEGER, false, 1, NONE, List.of())),
          DetectorParameters.UNKNOWN_TYPE);
  private static final ObservationCheck CHECK =
      ObservationCheck.of(
          new CompiledSnapshot(
              "finance", 1, "00".repeat(32), "", "", 0, List.of(PAYMENT), Map.of()));

  private static final Attribute EUR = Attribute.ofText("currency", "EUR");
  private static final Attribute POS = Attribute.ofText("channel", "pos");

  @Test
  void shouldFindNothingWhenItConforms() {
    assertThat(check(1, EUR, POS)).isEmpty();
    assertThat(
            check(
                10_000,
                number("term", "1", 1, true),
                number("amount", "1", 1, true),
                EUR,
                Attribute.ofBoolean("instant", true),
                POS))
        .isEmpty();
    assertThat(check(0.01, number("amount", "0.5", 0.5, false), POS, EUR)).isEmpty();
  }

  @Test
  void shouldFindOneMismatchWhenTheEventTypeIsUnknown() {
    Observation observation = observation("unknown", 7, EUR, Attribute.ofText("x", "y"));
    List<Mismatch> out = new ArrayList<>();
    CHECK.check(observation, out);
    assertThat(out)
        .containsExactly(new Mismatch(MismatchKind.UNKNOWN_EVENT_TYPE, "", Datatype.DECIMAL, 7));
    assertThat(CHECK.type("unknown")).isNull();
    assertThat(CHECK.type("payment")).isEqualTo(PAYMENT);
  }

  @Test
  void shouldFindEachMismatchInOrderWhenThereAreMany() {
    assertThat(
            check(
                10_000.01,
                Attribute.ofText("new", "x"),
                number("term", "0", 0, true),
                Attribute.ofText("amount", "0.5"),
                Attribute.ofText("currency", "SEK")))
        .containsExactly(
            new Mismatch(MismatchKind.VALUE_OUT_OF_RANGE, "", Datatype.DECIMAL, 10_000.01),
            new Mismatch(MismatchKind.UNKNOWN_ATTRIBUTE, "new", Datatype.STRING, Double.NaN),
            new Mismatch(MismatchKind.ATTRIBUTE_OUT_OF_RANGE, "term", Datatype.INTEGER, 0),
            new Mismatch(MismatchKind.WRONG_DATATYPE, "amount", Datatype.STRING, Double.NaN),
            new Mismatch(MismatchKind.VALUE_NOT_ALLOWED, "currency", Datatype.STRING, Double.NaN),
            new Mismatch(MismatchKind.MISSING_ATTRIBUTE, "channel", Datatype.STRING, Double.NaN));
  }

  @Test
  void shouldTellWrongTypesApartWhenTheyAreNumbers() {
    assertThat(check(1, EUR, POS, number("term", "1.5", 1.5, false)))
        .containsExactly(new Mismatch(MismatchKind.WRONG_DATATYPE, "term", Datatype.DECIMAL, 1.5));
    assertThat(check(1, EUR, number("channel", "5", 5, true)))
        .containsExactly(new Mismatch(MismatchKind.WRONG_DATATYPE, "channel", Datatype.INTEGER, 5));
    assertThat(check(1, EUR, POS, Attribute.ofText("instant", "true"))).hasSize(1);
  }

  @Test
  void shouldRefuseAValueWhenItIsNotANumber() {
    assertThat(check(Double.NaN, EUR, POS)).hasSize(1);
  }

  @Test
  void shouldAllocateNothingWhenObservationsConform() {
    Observation observation =
        observation(
            "payment",
            5,
            EUR,
            POS,
            number("term", "1", 1, true),
            Attribute.ofBoolean("instant", true));
    List<Mismatch> out = new ArrayList<>(16);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 50_000; i++) {
      CHECK.check(observation, out);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100_000; i++) {
      CHECK.check(observation, out);
    }
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / 100_000;
    assertThat(out).isEmpty();
    assertThat(each).isZero();
  }

  private static List<Mismatch> check(double value, Attribute... attributes) {
    List<Mismatch> out = new ArrayList<>();
    CHECK.check(observation("payment", value, attributes), out);
    return out;
  }

  private static Observation observation(String type, double value, Attribute... attributes) {
    return new Observation(
        "finance", "urn:test", "1", 0, "account-1", type, value, false, List.of(attributes));
  }

  private static Attribute number(String name, String digits, double number, boolean integer) {
    return Attribute.ofNumber(name, digits, number, integer);
  }
}
