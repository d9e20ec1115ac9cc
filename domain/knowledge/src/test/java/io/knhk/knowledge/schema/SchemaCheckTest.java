package io.knhk.knowledge.schema;

import static io.knhk.knowledge.schema.SchemaExportTest.export;
import static io.knhk.knowledge.schema.SchemaExportTest.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.knowledge.schema.SchemaCheck.Result;
import io.knhk.knowledge.schema.SchemaExport.Format;
import io.knhk.knowledge.schema.SchemaFinding.Severity;
import io.knhk.schemas.knowledge.CompiledProperty;
import io.knhk.schemas.knowledge.CompiledSnapshot;
import io.knhk.schemas.knowledge.CompiledType;
import io.knhk.schemas.knowledge.DetectorParameters;
import io.knhk.schemas.observation.Datatype;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SchemaCheckTest {
  private static final double NONE = Double.POSITIVE_INFINITY;

  private static final CompiledSnapshot SNAPSHOT =
      snapshot(
          new CompiledType(
              "pay",
              2,
              false,
              0,
              100,
              List.of(
                  new CompiledProperty("channel", Datatype.STRING, false, -NONE, NONE, List.of()),
                  new CompiledProperty(
                      "currency", Datatype.STRING, true, -NONE, NONE, List.of("CHF", "EUR")),
                  new CompiledProperty("days", Datatype.INTEGER, false, 0, 30, List.of())),
              DetectorParameters.UNKNOWN_TYPE));

  /** What was exported fits what it was exported from. */
  @Property(tries = 200)
  void shouldFindNothingWhenTheSchemaIsTheSnapshotsOwn(@ForAll long seed) {
    CompiledSnapshot own = snapshot(SchemaExportTest.randomType(new Random(seed)));
    for (Format format : Format.values()) {
      Result result = check(export(own, "payment.authorised", format), own, "");
      assertThat(result).isEqualTo(new Result.Checked("payment.authorised", format, List.of()));
    }
  }

  @Test
  void shouldNameEachWayInWhichAJsonSchemaDoesNotFit() {
    List<SchemaFinding> findings =
        findings(
            """
            {"properties": {
               "eventType": {"const": "pay"},
               "value": {"type": "number", "minimum": -5, "maximum": 50},
               "attributes": {"type": "object", "additionalProperties": false,
                 "properties": {
                   "currency": {"enum": ["EUR", "BTC"]},
                   "days": {"type": "number", "maximum": 10},
                   "colour": {"type": "string"}}}}}
            """);
    assertThat(findings)
        .containsExactly(
            would("value", "expected no smaller values: minimum=-5, known=0"),
            would("currency", "expected a required attribute: attribute=currency"),
            would("currency", "expected an allowed value: value=BTC"),
            would("days", "expected the datatype: stated=decimal, known=integer"),
            would("colour", "expected an attribute that the sector knows: attribute=colour"),
            new SchemaFinding(
                Severity.MISSING,
                "channel",
                "an attribute that is known: attribute=channel, datatype=string"));
  }

  @Test
  void shouldNotTrustWhatItDoesNotUnderstand() {
    List<SchemaFinding> findings =
        findings(
            """
            {"$defs": {"c": {"type": "string", "enum": ["EUR"], "pattern": "E.*"}},
             "required": ["attributes"],
             "properties": {
               "eventType": {"const": "pay"},
               "value": {"minimum": 0, "maximum": 100, "multipleOf": 2},
               "attributes": {"required": ["currency"],
                 "properties": {"currency": {"$ref": "#/$defs/c"},
                                "channel": {"$ref": "https://example.org/x.json"},
                                "days": {"$ref": "#/properties/attributes/properties/days"}}}}}
            """);
    assertThat(findings)
        .contains(
            new SchemaFinding(Severity.NOT_LOOKED_AT, "value/multipleOf", "not looked at"),
            new SchemaFinding(Severity.NOT_LOOKED_AT, "currency/pattern", "not looked at"),
            new SchemaFinding(Severity.NOT_LOOKED_AT, "channel/$ref", "not looked at"),
            new SchemaFinding(Severity.NOT_LOOKED_AT, "days/$ref", "not looked at"),
            would(
                "attributes",
                "expected no attributes beyond those stated: additionalProperties is not false"));
  }

  @Test
  void shouldReadAnAvroRecordThatIsFlatAndHoldsNoKnhkProperties() {
    List<SchemaFinding> findings =
        findings(
            """
            {"type": "record", "name": "Pay", "fields": [
               {"name": "value", "type": "double"},
               {"name": "currency", "type": {"type": "enum", "name": "C", "symbols": ["EUR", "USD"]}},
               {"name": "days", "type": ["null", "int"]},
               {"name": "channel", "type": {"type": "bytes", "logicalType": "decimal"}}]}
            """);
    assertThat(findings)
        .containsExactly(
            new SchemaFinding(Severity.NOT_LOOKED_AT, "channel/logicalType", "not looked at"),
            would("value", "expected no smaller values: minimum=none, known=0"),
            would("value", "expected no larger values: maximum=none, known=100"),
            would("currency", "expected an allowed value: value=USD"),
            would("days", "expected no smaller values: minimum=none, known=0"),
            would("days", "expected no larger values: maximum=none, known=30"),
            would("channel", "expected the datatype: stated=other, known=string"));
  }

  @Test
  void shouldFitWhenOnlyWhatIsKnownIsMissing() {
    Result result =
        check(
            """
            {"required": ["attributes"],
             "properties": {"value": {"minimum": 0, "maximum": 1},
                "attributes": {"additionalProperties": false, "required": ["currency"],
                               "properties": {"currency": {"const": "EUR"}}}}}
            """,
            SNAPSHOT,
            "pay");
    assertThat(((Result.Checked) result).fits()).isTrue();
    assertThat(((Result.Checked) result).findings()).hasSize(2);
  }

  @Test
  void shouldSayWhenItIsForAnotherEventType() {
    Result result = check("{\"properties\":{\"eventType\":{\"const\":\"sold\"}}}", SNAPSHOT, "pay");
    assertThat(((Result.Checked) result).findings())
        .contains(would("eventType", "expected the event type: eventType=sold, known=pay"));
  }

  @Test
  void shouldRefuseWhatIsNoSchemaOfAKnownType() {
    assertRefused("expected a JSON document", "{");
    assertRefused("expected a JSON document", "[".repeat(65) + "]".repeat(65));
    assertRefused("expected a JSON object", "7");
    assertRefused("expected a JSON object", "");
    assertRefused("expected the event type to be named", "{}");
    assertRefused(
        "expected an event type that the sector knows",
        "{\"properties\":{\"eventType\":{\"const\":\"sold\"}}}");
    byte[] large = new byte[SchemaCheck.BYTES_MAX + 1];
    assertThat(SchemaCheck.check(large, SNAPSHOT, ""))
        .isEqualTo(new Result.Refused("expected a bounded schema: bytes=1048577, limit=1048576"));
  }

  private static void assertRefused(String detail, String schema) {
    assertThat(check(schema, SNAPSHOT, ""))
        .isInstanceOfSatisfying(
            Result.Refused.class, refused -> assertThat(refused.detail()).startsWith(detail));
  }

  private static SchemaFinding would(String path, String message) {
    return new SchemaFinding(Severity.WOULD_NOT_CONFORM, path, message);
  }

  private static List<SchemaFinding> findings(String schema) {
    return ((Result.Checked) check(schema, SNAPSHOT, "pay")).findings();
  }

  private static Result check(String schema, CompiledSnapshot snapshot, String eventType) {
    return SchemaCheck.check(schema.getBytes(StandardCharsets.UTF_8), snapshot, eventType);
  }
}
