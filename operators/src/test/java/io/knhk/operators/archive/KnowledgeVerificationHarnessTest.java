package io.knhk.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.Receipts;
import io.knhk.ledger.SigningKey;
import io.knhk.operators.types.RawRecord;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnowledgeVerificationHarnessTest {
  private static final String DELTA =
      "{\"version\":2,\"from\":\"\",\"parts\":1,\"added\":[\"a\"],\"removed\":[]}";

  @Test
  void shouldEmitARowWhenADocumentIsSigned() throws Exception {
    byte[] body = body(document(Kind.REQUEST, "id", 3, "{\"state\":\"submitted\"}"));

    KnowledgeRow row = verify(record("finance", body, Receipted.KEY)).knowledge();

    assertThat(row.log()).isEqualTo(Receipted.LOG);
    assertThat(row.sector()).isEqualTo("finance");
    assertThat(row.kind()).isEqualTo("request");
    assertThat(row.id()).isEqualTo("id");
    assertThat(row.revision()).isEqualTo(3);
    assertThat(row.recordedAtMs()).isEqualTo(7);
    assertThat(row.document()).isEqualTo("{\"state\":\"submitted\"}");
    assertThat(row.keyId()).isEqualTo(Receipted.KEY.publicKey().keyId());
    assertThat(row.body()).isEqualTo(body);
    assertThat(row.signature()).hasSize(64);
  }

  @Test
  void shouldQuarantineWhenItIsNotASignedDocumentOfTheKeysSector() throws Exception {
    byte[] body = body(document(Kind.REQUEST, "id", 0, "{}"));
    byte[] noDocument = "{\"v\":1}".getBytes(StandardCharsets.UTF_8);
    byte[] flipped =
        new Dsse.Envelope(
                KnowledgeDocument.PAYLOAD_TYPE,
                body,
                Receipted.KEY.publicKey().keyId(),
                new byte[64])
            .toJson();
    byte[] asReceipt = Dsse.sign(Receipted.KEY, Receipts.PAYLOAD_TYPE, body).toJson();

    assertThat(refused(record("energy", body, Receipted.KEY))).isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(record("finance", noDocument, Receipted.KEY)))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(Receipted.record("finance", 0, asReceipt)))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(record("finance", body, Receipted.key(2))))
        .isEqualTo(RefusalReason.UNKNOWN_KEY);
    assertThat(refused(Receipted.record("finance", 0, flipped)))
        .isEqualTo(RefusalReason.BAD_SIGNATURE);
    assertThat(refused(Receipted.record("finance", 0, new byte[0])))
        .isEqualTo(RefusalReason.MALFORMED);
  }

  @Test
  void shouldKeepADocumentUnderTheLogThatItNames() throws Exception {
    KnowledgeDocument other =
        new KnowledgeDocument("another", "finance", Kind.HOLD, "promotions", 0, 0, json("{}"));

    assertThat(verify(record("finance", body(other), Receipted.KEY)).knowledge().log())
        .isEqualTo("another");
  }

  @Test
  void shouldTakeAnIdOfTheLargestSizeAndNoneBeyond() throws Exception {
    String largest = "i".repeat(KnowledgeVerification.ID_CHARS_MAX);

    assertThat(verify(signed(document(Kind.PERSON, largest, 0, "{}"))).knowledge().id())
        .isEqualTo(largest);
    assertThat(refused(signed(document(Kind.PERSON, largest + "i", 0, "{}"))))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(refused(signed(document(Kind.PERSON, "", 0, "{}"))))
        .isEqualTo(RefusalReason.MALFORMED);
  }

  @Test
  void shouldQuarantineWhenRevisionOrTimeIsNegative() throws Exception {
    assertThat(refused(signed(document(Kind.PERSON, "id", -1, "{}"))))
        .isEqualTo(RefusalReason.MALFORMED);
    assertThat(
            refused(
                signed(
                    new KnowledgeDocument(
                        Receipted.LOG, "finance", Kind.PERSON, "id", 0, -1, json("{}")))))
        .isEqualTo(RefusalReason.MALFORMED);
  }

  @Test
  void shouldTakeADeltaThatIsWhole() throws Exception {
    assertThat(verify(signed(document(Kind.DELTA, "s2", 0, DELTA))).knowledge()).isNotNull();
    assertThat(refused(signed(document(Kind.DELTA, "s2", 1, DELTA))))
        .isEqualTo(RefusalReason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"version\":0,\"from\":\"\",\"parts\":1,\"added\":[],\"removed\":[]}",
        "{\"version\":\"2\",\"from\":\"\",\"parts\":1,\"added\":[],\"removed\":[]}",
        "{\"version\":99999999999999999999,\"from\":\"\",\"parts\":1,\"added\":[],\"removed\":[]}",
        "{\"version\":2,\"parts\":1,\"added\":[],\"removed\":[]}",
        "{\"version\":2,\"from\":\"\",\"parts\":0,\"added\":[],\"removed\":[]}",
        "{\"version\":2,\"from\":\"\",\"parts\":1,\"added\":[1],\"removed\":[]}",
        "{\"version\":2,\"from\":\"\",\"parts\":1,\"added\":[],\"removed\":{}}",
        "{\"version\":2,\"from\":\"\",\"parts\":1,\"added\":[],\"removed\":[],\"x\":[1e999999]}"
      })
  void shouldQuarantineWhenADeltaCannotBePutTogether(String content) throws Exception {
    byte[] body =
        ("{\"v\":1,\"log\":\"l\",\"sector\":\"finance\",\"kind\":\"delta\",\"id\":\"s2\",\"revision\":0,"
                + "\"recordedAtMs\":0,\"content\":"
                + content
                + "}")
            .getBytes(StandardCharsets.UTF_8);

    assertThat(refused(record("finance", body, Receipted.KEY))).isEqualTo(RefusalReason.MALFORMED);
  }

  private static RawRecord signed(KnowledgeDocument document) {
    return record("finance", body(document), Receipted.KEY);
  }

  private static KnowledgeDocument document(Kind kind, String id, long revision, String content)
      throws IOException {
    return new KnowledgeDocument(Receipted.LOG, "finance", kind, id, revision, 7, json(content));
  }

  private static ObjectNode json(String text) throws IOException {
    JsonNode node = new ObjectMapper().readTree(text);
    return (ObjectNode) node;
  }

  private static byte[] body(KnowledgeDocument document) {
    return KnowledgeDocumentCodec.encode(document);
  }

  private static RefusalReason refused(RawRecord record) throws Exception {
    QuarantineRow row = verify(record).quarantine();
    assertThat(row.value()).isEqualTo(record.value());
    assertThat(row.at()).isEqualTo(RecordPosition.of(record));
    return row.reason();
  }

  private static RawRecord record(String key, byte[] body, SigningKey signer) {
    return Receipted.record(
        key, 0, Dsse.sign(signer, KnowledgeDocument.PAYLOAD_TYPE, body).toJson());
  }

  private static ArchiveRow verify(RawRecord record) throws Exception {
    try (var harness =
        new OneInputStreamOperatorTestHarness<>(
            new ProcessOperator<>(new KnowledgeVerification(Receipted.LOG, Receipted.PEM)))) {
      harness.open();
      harness.processElement(record, 0);
      List<ArchiveRow> rows = List.copyOf(harness.extractOutputValues());
      assertThat(rows).hasSize(1);
      return rows.get(0);
    }
  }
}
