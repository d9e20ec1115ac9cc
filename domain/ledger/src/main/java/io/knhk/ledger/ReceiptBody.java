package io.knhk.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import io.knhk.schemas.receipt.Operation;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a receipt says: the object whose canonical form is hashed and signed. A name is at most
 * {@link #NAME_CHARS_MAX} UTF-16 code units, and only a snapshot id may be empty.
 *
 * @param v version of the form, {@link #VERSION}
 * @param log the log's name
 * @param sector whose chain it is in
 * @param seq number in that chain, from 0, at most {@link #INTEGER_MAX}
 * @param operation what it is about
 * @param eventTimeMs time of that in the observed world, in ms since 1970, within {@link
 *     #INTEGER_MAX} either way
 * @param recordedAtMs LogAppendTime of the newest record it rests on, in ms since 1970, likewise
 * @param outcome one word
 * @param subject deterministic id of what it is about, see {@link Subjects}
 * @param snapshotId the snapshot in force, empty where there is none
 * @param causes subjects that led here, at most {@link #CAUSES_MAX}
 * @param evidenceJson a JSON object, kept in its canonical form, at most {@link
 *     ReceiptDraft#EVIDENCE_BYTES_MAX}
 * @param parentHash hash of the receipt before in the chain, 64 hex digits; null exactly for number
 *     0
 * @param keyId id of the key that signs it, 64 hex digits
 */
public record ReceiptBody(
    int v,
    String log,
    String sector,
    long seq,
    Operation operation,
    long eventTimeMs,
    long recordedAtMs,
    String outcome,
    String subject,
    String snapshotId,
    List<String> causes,
    String evidenceJson,
    @Nullable String parentHash,
    String keyId) {
  /** The only version so far. */
  public static final int VERSION = 1;

  /** Most causes: 64 runs, and the pattern's own. */
  public static final int CAUSES_MAX = 65;

  /** Most UTF-16 code units of a name. */
  public static final int NAME_CHARS_MAX = 256;

  /** The largest integer that JSON carries exactly (RFC 7493, section 2.2): 2^53 - 1. */
  public static final long INTEGER_MAX = (1L << 53) - 1;

  /** Most bytes of the canonical form; no body within the other limits comes near. */
  public static final int BYTES_MAX = 256 * 1024;

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  private static final Set<String> MEMBERS =
      Set.of(
          "v",
          "log",
          "sector",
          "seq",
          "operation",
          "eventTimeMs",
          "recordedAtMs",
          "outcome",
          "subject",
          "snapshotId",
          "causes",
          "evidence",
          "parentHash",
          "keyId");

  /**
   * @throws IllegalArgumentException if a member breaks its limit, or the evidence is not a JSON
   *     object
   */
  public ReceiptBody {
    if (v != VERSION) {
      throw new IllegalArgumentException("expected a known version: v=" + v + ", limit=" + VERSION);
    }
    checkName("log", log);
    checkName("sector", sector);
    checkInteger("seq", seq, 0);
    checkInteger("eventTimeMs", eventTimeMs, -INTEGER_MAX);
    checkInteger("recordedAtMs", recordedAtMs, -INTEGER_MAX);
    checkName("outcome", outcome);
    checkName("subject", subject);
    if (!snapshotId.isEmpty()) {
      checkName("snapshotId", snapshotId);
    }
    causes = List.copyOf(causes);
    if (causes.size() > CAUSES_MAX) {
      throw new IllegalArgumentException(
          "expected causes within the limit: causes=" + causes.size() + ", limit=" + CAUSES_MAX);
    }
    causes.forEach(cause -> checkName("cause", cause));
    evidenceJson = canonicalEvidence(evidenceJson);
    if ((parentHash == null) != (seq == 0)) {
      throw new IllegalArgumentException(
          "expected a parent for every number but 0: seq=" + seq + ", parentHash=" + parentHash);
    }
    if (parentHash != null) {
      checkHash("parentHash", parentHash);
    }
    checkHash("keyId", keyId);
  }

  /**
   * Reads the canonical form of a body and no other.
   *
   * @throws LedgerFormatException if the bytes are not strict, canonical JSON of exactly the
   *     fourteen members, or break a limit
   */
  public static ReceiptBody parse(byte[] bytes) throws LedgerFormatException {
    if (bytes.length > BYTES_MAX) {
      throw new LedgerFormatException(
          "expected a receipt within the limit: bytes=" + bytes.length + ", limit=" + BYTES_MAX);
    }
    JsonNode json = CanonicalJson.parse(bytes);
    checkMembers(json);
    ReceiptBody body;
    try {
      body = read(json);
    } catch (IllegalArgumentException e) {
      throw LedgerFormatException.of("a receipt", e);
    }
    if (!Arrays.equals(body.canonicalBytes(), bytes)) {
      throw new LedgerFormatException(
          "expected a receipt in canonical form: bytes=" + bytes.length);
    }
    return body;
  }

  /** The receipt's id: the RFC 9162 leaf hash of its canonical form, 64 hex digits. */
  public static String hash(byte[] canonicalBytes) {
    return HexFormat.of().formatHex(MerkleTree.leafHash(canonicalBytes));
  }

  /** The RFC 8785 form: what is hashed and signed. */
  public byte[] canonicalBytes() {
    StringBuilder out = new StringBuilder(512 + evidenceJson.length());
    // In the order of the names, as the canonical form wants it.
    out.append("{\"causes\":[");
    for (int i = 0; i < causes.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      CanonicalJson.writeString(out, causes.get(i));
    }
    out.append("],\"eventTimeMs\":").append(eventTimeMs);
    out.append(",\"evidence\":").append(evidenceJson);
    text(out, "keyId", keyId);
    text(out, "log", log);
    text(out, "operation", operation.name());
    text(out, "outcome", outcome);
    if (parentHash == null) {
      out.append(",\"parentHash\":null");
    } else {
      text(out, "parentHash", parentHash);
    }
    out.append(",\"recordedAtMs\":").append(recordedAtMs);
    text(out, "sector", sector);
    out.append(",\"seq\":").append(seq);
    text(out, "snapshotId", snapshotId);
    text(out, "subject", subject);
    out.append(",\"v\":").append(v).append('}');
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void text(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    CanonicalJson.writeString(out, value);
  }

  private static void checkMembers(JsonNode json) throws LedgerFormatException {
    if (!json.isObject()) {
      throw new LedgerFormatException("expected a JSON object: type=" + json.getNodeType());
    }
    for (String name : MEMBERS) {
      if (!json.has(name)) {
        throw new LedgerFormatException("expected every member of a receipt: missing=" + name);
      }
    }
    if (json.size() != MEMBERS.size()) {
      throw new LedgerFormatException(
          "expected no other member of a receipt: members="
              + json.size()
              + ", limit="
              + MEMBERS.size());
    }
  }

  private static ReceiptBody read(JsonNode json) throws LedgerFormatException {
    JsonNode evidence = json.path("evidence");
    JsonNode parentHash = json.path("parentHash");
    return new ReceiptBody(
        (int) integer(json, "v"),
        text(json, "log"),
        text(json, "sector"),
        integer(json, "seq"),
        operation(text(json, "operation")),
        integer(json, "eventTimeMs"),
        integer(json, "recordedAtMs"),
        text(json, "outcome"),
        text(json, "subject"),
        text(json, "snapshotId"),
        texts(json.path("causes")),
        new String(CanonicalJson.bytes(evidence), StandardCharsets.UTF_8),
        parentHash.isNull() ? null : text(json, "parentHash"),
        text(json, "keyId"));
  }

  private static String text(JsonNode json, String name) throws LedgerFormatException {
    return textOf(json.path(name), name);
  }

  private static String textOf(JsonNode value, String name) throws LedgerFormatException {
    if (!value.isTextual()) {
      throw new LedgerFormatException(
          "expected a string: member=" + name + ", type=" + value.getNodeType());
    }
    return value.textValue();
  }

  private static List<String> texts(JsonNode array) throws LedgerFormatException {
    if (!array.isArray()) {
      throw new LedgerFormatException(
          "expected an array: member=causes, type=" + array.getNodeType());
    }
    List<String> texts = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      texts.add(textOf(element, "causes"));
    }
    return texts;
  }

  private static long integer(JsonNode json, String name) throws LedgerFormatException {
    JsonNode value = json.path(name);
    double number = value.doubleValue();
    if (!value.isNumber() || number != Math.rint(number) || Math.abs(number) > INTEGER_MAX) {
      throw new LedgerFormatException(
          "expected an integer: member="
              + name
              + ", type="
              + value.getNodeType()
              + ", limit="
              + INTEGER_MAX);
    }
    return (long) number;
  }

  private static Operation operation(String name) throws LedgerFormatException {
    for (Operation operation : Operation.values()) {
      if (operation.name().equals(name)) {
        return operation;
      }
    }
    throw new LedgerFormatException("expected a known operation: operation=" + Texts.shown(name));
  }

  private static void checkName(String member, String name) {
    if (name.isEmpty() || name.length() > NAME_CHARS_MAX || !CanonicalJson.isWellFormed(name)) {
      throw new IllegalArgumentException(
          "expected a name: member="
              + member
              + ", value="
              + Texts.shown(name)
              + ", chars="
              + name.length()
              + ", limit="
              + NAME_CHARS_MAX);
    }
  }

  private static void checkInteger(String member, long value, long min) {
    if (value < min || value > INTEGER_MAX) {
      throw new IllegalArgumentException(
          "expected an integer that JSON carries exactly: "
              + member
              + "="
              + value
              + ", limit="
              + INTEGER_MAX);
    }
  }

  private static void checkHash(String member, String value) {
    if (!HASH.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "expected 64 hex digits in lower case: " + member + "=" + Texts.shown(value));
    }
  }

  private static String canonicalEvidence(String json) {
    // A lone surrogate would become a question mark in the bytes.
    if (!CanonicalJson.isWellFormed(json)) {
      throw new IllegalArgumentException("expected surrogates in pairs: member=evidence");
    }
    byte[] canonical;
    try {
      JsonNode evidence = CanonicalJson.parse(json.getBytes(StandardCharsets.UTF_8));
      if (!evidence.isObject()) {
        throw new IllegalArgumentException(
            "expected evidence that is a JSON object: type=" + evidence.getNodeType());
      }
      // The body is one level around it.
      canonical = CanonicalJson.bytes(evidence, 1);
    } catch (LedgerFormatException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (canonical.length > ReceiptDraft.EVIDENCE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected evidence within the limit: bytes="
              + canonical.length
              + ", limit="
              + ReceiptDraft.EVIDENCE_BYTES_MAX);
    }
    return new String(canonical, StandardCharsets.UTF_8);
  }
}
