package io.knhk.schemas.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.control.ControlContent.ChangeApprover;
import io.knhk.schemas.control.ControlContent.ChangeDoctrine;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.control.ControlContent.Hold;
import io.knhk.schemas.control.ControlContent.HoldTarget;
import io.knhk.schemas.control.ControlContent.ImportOntology;
import io.knhk.schemas.control.ControlContent.ImportPart;
import io.knhk.schemas.control.ControlContent.ProposeChange;
import io.knhk.schemas.control.ControlContent.RelaxGuard;
import io.knhk.schemas.control.ControlContent.RollBack;
import io.knhk.schemas.control.ControlContent.Vote;
import io.knhk.schemas.control.ControlContent.Withdraw;
import io.knhk.schemas.knowledge.DoctrineRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Control messages as JSON in UTF-8. The kind is not in the JSON: it is the payload type of the
 * envelope, which the signature covers.
 *
 * <pre>
 *   {"v":1,"log":"knhk","sector":"finance","signer":"…","counter":7,"expiresAtMs":…,"content":{…}}
 * </pre>
 *
 * Read strictly: no member that is not known, none twice, none missing, every limit held.
 */
public final class ControlMessageCodec {
  private static final int VERSION = 1;
  private static final int NESTING_MAX = 8;
  private static final String HEX_64 = "[0-9a-f]{64}";
  private static final String NAME = "[a-z0-9][a-z0-9._@-]{0,63}";
  private static final String RULE_ID = "[a-z0-9][a-z0-9-]{0,63}";
  private static final int PARAMETERS_MAX = 32;
  private static final int NAMESPACES_MAX = 256;
  private static final int PEM_CHARS_MAX = 1_024;

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(NESTING_MAX)
                          .maxStringLength(ControlMessage.BYTES_MAX)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private ControlMessageCodec() {}

  /** What is signed. */
  public static byte[] encode(ControlMessage message) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", VERSION);
    json.put("log", message.log());
    json.put("sector", message.sector());
    json.put("signer", message.signer());
    json.put("counter", message.counter());
    json.put("expiresAtMs", message.expiresAtMs());
    json.set("content", content(message.content()));
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException that names what was expected; nothing else, whatever the bytes
   */
  public static ControlMessage decode(ControlKind kind, byte[] bytes) {
    if (bytes.length > ControlMessage.BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected a bounded message: bytes="
              + bytes.length
              + ", limit="
              + ControlMessage.BYTES_MAX);
    }
    Members json = new Members("message", tree(bytes));
    if (json.number("v") != VERSION) {
      throw new IllegalArgumentException("expected version 1: v=" + json.number("v"));
    }
    String sector = json.text("sector", 64);
    if (!Sectors.isKnown(sector)) {
      throw new IllegalArgumentException(
          "expected a sector of " + Sectors.ALL + ": sector=" + shown(sector));
    }
    ControlMessage message =
        new ControlMessage(
            json.text("log", 256),
            sector,
            json.matching("signer", HEX_64),
            json.notNegative("counter"),
            json.notNegative("expiresAtMs"),
            content(kind, new Members("content", json.object("content")), sector));
    json.end();
    return message;
  }

  private static JsonNode tree(byte[] bytes) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      JsonNode tree = JSON.readTree(parser);
      if (tree == null || parser.nextToken() != null) {
        throw new IllegalArgumentException("expected one JSON object");
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "expected JSON: " + shown(String.valueOf(e.getOriginalMessage())), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("expected UTF-8", e);
    }
  }

  private static ObjectNode content(ControlContent content) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (content instanceof ProposeChange change) {
      json.put("add", change.add());
      json.put("remove", change.remove());
      json.put("summary", change.summary());
      json.put("onBehalfOf", change.onBehalfOf());
      json.put("dryRun", change.dryRun());
    } else if (content instanceof ImportPart part) {
      json.put("importId", part.importId());
      json.put("index", part.index());
      json.put("parts", part.parts());
      json.put("lines", Base64.getEncoder().encodeToString(part.lines()));
    } else if (content instanceof ImportOntology ontology) {
      json.put("importId", ontology.importId());
      json.put("parts", ontology.parts());
      json.put("triples", ontology.triples());
      ArrayNode namespaces = json.putArray("namespaces");
      ontology.namespaces().forEach(namespaces::add);
      json.put("summary", ontology.summary());
      json.put("dryRun", ontology.dryRun());
    } else if (content instanceof RelaxGuard relax) {
      json.put("guard", relax.guard());
      json.put("durationMs", relax.durationMs());
      json.put("reason", relax.reason());
    } else if (content instanceof ChangeDoctrine doctrine) {
      json.put("retire", doctrine.retire());
      json.set("rule", DoctrineRules.toJson(doctrine.rule()));
      json.put("reason", doctrine.reason());
    } else if (content instanceof ChangeApprover approver) {
      json.put("person", approver.person());
      ArrayNode roles = json.putArray("roles");
      approver.roles().forEach(role -> roles.add(lower(role)));
      json.put("addKey", approver.addKey());
      json.put("revokeKey", approver.revokeKey());
      json.put("reason", approver.reason());
    } else if (content instanceof RollBack rollback) {
      json.put("snapshotId", rollback.snapshotId());
      json.put("reason", rollback.reason());
    } else if (content instanceof Vote vote) {
      json.put("request", vote.request());
      json.put("ballot", vote.ballot());
      json.put("choice", lower(vote.choice()));
      json.put("reason", vote.reason());
      json.put("producerFault", vote.producerFault());
    } else if (content instanceof Withdraw withdraw) {
      json.put("request", withdraw.request());
      json.put("reason", withdraw.reason());
    } else if (content instanceof Hold hold) {
      json.put("release", hold.release());
      json.put("target", lower(hold.target()));
      json.put("change", hold.change());
      json.put("reason", hold.reason());
    }
    return json;
  }

  private static ControlContent content(ControlKind kind, Members json, String sector) {
    ControlContent content =
        switch (kind) {
          case PROPOSAL -> proposal(json);
          case IMPORT_PART -> part(json);
          case IMPORT -> ontology(json);
          case RELAXATION ->
              new RelaxGuard(
                  json.text("guard", 2_048), json.notNegative("durationMs"), json.reason());
          case DOCTRINE -> doctrine(json, sector);
          case APPROVER -> approver(json);
          case ROLLBACK -> new RollBack(json.matching("snapshotId", HEX_64), json.reason());
          case VOTE -> vote(json);
          case WITHDRAWAL -> new Withdraw(json.matching("request", HEX_64), json.reason());
          case HOLD -> hold(json);
        };
    json.end();
    return content;
  }

  private static ProposeChange proposal(Members json) {
    ProposeChange change =
        new ProposeChange(
            json.optional("add", ControlMessage.BYTES_MAX),
            json.optional("remove", ControlMessage.BYTES_MAX),
            json.text("summary", ControlContent.TEXT_CHARS_MAX),
            json.optionalMatching("onBehalfOf", NAME),
            json.truth("dryRun"));
    int bytes = bytes(change.add()) + bytes(change.remove());
    if (bytes > ControlContent.RDF_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected bounded RDF: bytes=" + bytes + ", limit=" + ControlContent.RDF_BYTES_MAX);
    }
    if (bytes == 0) {
      throw new IllegalArgumentException("expected something to add or to remove: bytes=0");
    }
    return change;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static ImportPart part(Members json) {
    String importId = json.matching("importId", HEX_64);
    long index = json.notNegative("index");
    long parts = json.notNegative("parts");
    String base64 = json.text("lines", ControlMessage.BYTES_MAX);
    byte[] lines;
    try {
      lines = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected base64: member=lines", e);
    }
    if (lines.length > ControlContent.RDF_BYTES_MAX || index >= parts || parts > 1_000) {
      throw new IllegalArgumentException(
          "expected a bounded part: bytes="
              + lines.length
              + ", limit="
              + ControlContent.RDF_BYTES_MAX
              + ", index="
              + index
              + ", parts="
              + parts);
    }
    return new ImportPart(importId, (int) index, (int) parts, lines);
  }

  private static ImportOntology ontology(Members json) {
    String importId = json.matching("importId", HEX_64);
    long parts = json.notNegative("parts");
    long triples = json.notNegative("triples");
    if (parts < 1 || parts > 1_000 || triples < 1) {
      throw new IllegalArgumentException(
          "expected parts and triples: parts=" + parts + ", triples=" + triples);
    }
    return new ImportOntology(
        importId,
        (int) parts,
        triples,
        json.texts("namespaces", NAMESPACES_MAX, 2_048),
        json.text("summary", ControlContent.TEXT_CHARS_MAX),
        json.truth("dryRun"));
  }

  private static ChangeDoctrine doctrine(Members json, String sector) {
    boolean retire = json.truth("retire");
    DoctrineRule rule = DoctrineRules.fromJson(json.object("rule"));
    if (!rule.sector().equals(sector)) {
      throw new IllegalArgumentException(
          "expected a rule of the message's sector: sector=" + shown(rule.sector()));
    }
    return new ChangeDoctrine(retire, rule, json.reason());
  }

  private static ChangeApprover approver(Members json) {
    Set<Role> roles = new TreeSet<>();
    for (String role : json.texts("roles", Role.values().length, 32)) {
      roles.add(constant(Role.class, "roles", role));
    }
    return new ChangeApprover(
        json.matching("person", NAME),
        new TreeSet<>(roles),
        json.optional("addKey", PEM_CHARS_MAX),
        json.optionalMatching("revokeKey", HEX_64),
        json.reason());
  }

  private static Vote vote(Members json) {
    Vote vote =
        new Vote(
            json.matching("request", HEX_64),
            json.matching("ballot", HEX_64),
            json.constant(Choice.class, "choice"),
            json.optional("reason", ControlContent.TEXT_CHARS_MAX),
            json.truth("producerFault"));
    if (vote.choice() == Choice.REJECT && vote.reason().isBlank()) {
      throw new IllegalArgumentException("expected a reason with a rejection: member=reason");
    }
    if (vote.producerFault() && vote.choice() != Choice.REJECT) {
      throw new IllegalArgumentException(
          "expected a producer's fault with a rejection only: choice=" + lower(vote.choice()));
    }
    return vote;
  }

  private static Hold hold(Members json) {
    Hold hold =
        new Hold(
            json.truth("release"),
            json.constant(HoldTarget.class, "target"),
            json.optional("change", 2_048),
            json.reason());
    if ((hold.target() == HoldTarget.CHANGE) == hold.change().isEmpty()) {
      throw new IllegalArgumentException(
          "expected a change where one change is meant, and only there: target="
              + lower(hold.target()));
    }
    return hold;
  }

  static <E extends Enum<E>> E constant(Class<E> type, String member, String name) {
    for (E constant : type.getEnumConstants()) {
      if (lower(constant).equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "expected one of "
            + Arrays.stream(type.getEnumConstants()).map(ControlMessageCodec::lower).toList()
            + ": "
            + member
            + "="
            + shown(name));
  }

  /**
   * As a name stands on the wire: {@code SEGREGATION_OF_DUTIES} is {@code segregation-of-duties}.
   */
  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String shown(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  /** The members of one object, each read once. */
  static final class Members {
    private final String what;
    private final JsonNode object;
    private final Set<String> read = new HashSet<>();

    Members(String what, JsonNode object) {
      if (!object.isObject()) {
        throw new IllegalArgumentException("expected an object: " + what);
      }
      this.what = what;
      this.object = object;
    }

    JsonNode object(String name) {
      JsonNode member = member(name);
      if (!member.isObject()) {
        throw wrong(name, "an object");
      }
      return member;
    }

    String text(String name, int charsMax) {
      String text = optional(name, charsMax);
      if (text.isBlank()) {
        throw wrong(name, "a text that is not empty");
      }
      return text;
    }

    String optional(String name, int charsMax) {
      JsonNode member = member(name);
      if (!member.isTextual()) {
        throw wrong(name, "a text");
      }
      String text = whole(name, member.textValue());
      if (text.length() > charsMax) {
        throw new IllegalArgumentException(
            "expected a bounded text: "
                + what
                + "."
                + name
                + ", chars="
                + text.length()
                + ", limit="
                + charsMax);
      }
      return text;
    }

    String reason() {
      return text("reason", ControlContent.TEXT_CHARS_MAX);
    }

    String matching(String name, String pattern) {
      String text = optional(name, 4_096);
      if (!text.matches(pattern)) {
        throw wrong(name, "a text of the form " + pattern);
      }
      return text;
    }

    String optionalMatching(String name, String pattern) {
      String text = optional(name, 4_096);
      if (!text.isEmpty() && !text.matches(pattern)) {
        throw wrong(name, "an empty text or one of the form " + pattern);
      }
      return text;
    }

    <E extends Enum<E>> E constant(Class<E> type, String name) {
      return ControlMessageCodec.constant(type, what + "." + name, optional(name, 64));
    }

    long number(String name) {
      JsonNode member = member(name);
      if (!member.isIntegralNumber() || !member.canConvertToLong()) {
        throw wrong(name, "a whole number of 64 bits");
      }
      return member.longValue();
    }

    long notNegative(String name) {
      long number = number(name);
      if (number < 0) {
        throw wrong(name, "a number that is not negative");
      }
      return number;
    }

    boolean truth(String name) {
      JsonNode member = member(name);
      if (!member.isBoolean()) {
        throw wrong(name, "true or false");
      }
      return member.booleanValue();
    }

    List<String> texts(String name, int sizeMax, int charsMax) {
      JsonNode member = member(name);
      if (!member.isArray() || member.size() > sizeMax) {
        throw wrong(name, "an array of at most " + sizeMax);
      }
      List<String> texts = new ArrayList<>();
      for (JsonNode element : member) {
        if (!element.isTextual()
            || element.textValue().isBlank()
            || element.textValue().length() > charsMax) {
          throw wrong(name, "texts of 1 to " + charsMax + " characters");
        }
        texts.add(whole(name, element.textValue()));
      }
      return texts;
    }

    SortedMap<String, String> map(String name) {
      JsonNode member = object(name);
      SortedMap<String, String> map = new TreeMap<>();
      if (member.size() > PARAMETERS_MAX) {
        throw wrong(name, "at most " + PARAMETERS_MAX + " members");
      }
      Members inner = new Members(what + "." + name, member);
      for (String key : iterable(member)) {
        map.put(key, inner.optional(key, 4_096));
      }
      return map;
    }

    void end() {
      for (String name : iterable(object)) {
        if (!read.contains(name)) {
          throw new IllegalArgumentException(
              "expected no other member: " + what + "." + shown(name));
        }
      }
    }

    /** Half of a surrogate pair is no text: nothing that quotes it could be signed. */
    private String whole(String name, String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(c)) {
          throw wrong(name, "whole characters");
        }
      }
      return text;
    }

    private JsonNode member(String name) {
      read.add(name);
      JsonNode member = object.get(name);
      if (member == null) {
        throw new IllegalArgumentException("expected a member: " + what + "." + name);
      }
      return member;
    }

    private IllegalArgumentException wrong(String name, String expected) {
      return new IllegalArgumentException("expected " + expected + ": " + what + "." + name);
    }

    private static Iterable<String> iterable(JsonNode object) {
      return object::fieldNames;
    }
  }

  static String ruleId(Members json, String name) {
    return json.matching(name, RULE_ID);
  }
}
