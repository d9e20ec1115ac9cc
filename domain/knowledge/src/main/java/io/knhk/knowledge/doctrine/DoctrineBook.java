package io.knhk.knowledge.doctrine;

import io.knhk.schemas.control.DoctrineRules;
import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.knowledge.DoctrineRule.Enforcement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The doctrine of one sector: its rules by id, those that were retired among them, so that a
 * version is never used twice. Immutable.
 */
public final class DoctrineBook {
  private static final String DOMAIN = "knhk-doctrine-v1";

  private final String sector;
  private final SortedMap<String, Entry> entries;
  private final List<DoctrineRule> rules;
  private final Map<String, RuleTerms> terms = new HashMap<>();
  private final String hash;

  /** A rule, and whether it counts no more. */
  public record Entry(DoctrineRule rule, boolean retired) {}

  private DoctrineBook(String sector, SortedMap<String, Entry> entries) {
    this.sector = sector;
    this.entries = Collections.unmodifiableSortedMap(entries);
    this.rules = entries.values().stream().filter(e -> !e.retired()).map(Entry::rule).toList();
    rules.forEach(rule -> terms.put(rule.id(), RuleTerms.of(rule)));
    this.hash = hash(rules);
  }

  /**
   * @throws IllegalArgumentException if a rule says nothing that can be read, is another sector's
   *     or is there twice
   */
  public static DoctrineBook of(String sector, Collection<Entry> entries) {
    SortedMap<String, Entry> byId = new TreeMap<>();
    for (Entry entry : entries) {
      check(sector, entry.rule());
      if (byId.put(entry.rule().id(), entry) != null) {
        throw new IllegalArgumentException("expected each rule once: rule=" + entry.rule().id());
      }
    }
    return new DoctrineBook(sector, byId);
  }

  /**
   * SHA-256 over all rules that are not retired, in force or not: of {@code knhk-doctrine-v1} and
   * of each rule's JSON in order of id, each preceded by its length in bytes as a 32-bit big-endian
   * integer; 64 hex digits. It does not change because time passes.
   */
  public String hash() {
    return hash;
  }

  /** All that are not retired, in order of id. */
  public List<DoctrineRule> rules() {
    return rules;
  }

  /** Those that count at this moment, in order of id. */
  public List<DoctrineRule> inForce(long nowMs) {
    return rules.stream().filter(rule -> isInForce(rule, nowMs)).toList();
  }

  /** From {@code effectiveFromMs}, inclusive, until {@code effectiveUntilMs}, exclusive. */
  public static boolean isInForce(DoctrineRule rule, long nowMs) {
    return nowMs >= rule.effectiveFromMs()
        && (nowMs < rule.effectiveUntilMs() || rule.effectiveUntilMs() == Long.MAX_VALUE);
  }

  /** The mandatory rules of a kind that count at this moment, in order of id. */
  public <T extends RuleTerms> List<T> mandatory(Class<T> kind, long nowMs) {
    return mandatory(kind, rule -> isInForce(rule, nowMs));
  }

  /** The mandatory rules of a kind, whether they count now, later or no more. */
  public <T extends RuleTerms> List<T> mandatoryEver(Class<T> kind) {
    return mandatory(kind, rule -> true);
  }

  private <T extends RuleTerms> List<T> mandatory(Class<T> kind, Predicate<DoctrineRule> which) {
    List<T> found = new ArrayList<>();
    for (DoctrineRule rule : rules) {
      RuleTerms said = terms.get(rule.id());
      if (kind.isInstance(said)
          && rule.enforcement() == Enforcement.MANDATORY
          && which.test(rule)) {
        found.add(kind.cast(said));
      }
    }
    return found;
  }

  public Optional<Entry> find(String id) {
    return Optional.ofNullable(entries.get(id));
  }

  /** In order of id. */
  public Collection<Entry> entries() {
    return entries.values();
  }

  /**
   * What is wrong with a change of the doctrine, if anything.
   *
   * @param rulesMax of rules in the book, retired ones among them, whose ids can be used again
   */
  public Optional<String> refusal(boolean retire, DoctrineRule rule, int rulesMax) {
    Entry last = entries.get(rule.id());
    if (retire) {
      return last != null && !last.retired() && last.rule().equals(rule)
          ? Optional.empty()
          : Optional.of(
              "expected the rule as it is: rule=" + rule.id() + ", version=" + rule.version());
    }
    long next = last == null ? 1 : last.rule().version() + 1;
    if (rule.version() != next) {
      return Optional.of(
          "expected the next version: rule="
              + rule.id()
              + ", version="
              + rule.version()
              + ", next="
              + next);
    }
    if (last == null && entries.size() >= rulesMax) {
      return Optional.of(
          "expected a bounded doctrine: rules=" + entries.size() + ", limit=" + rulesMax);
    }
    try {
      check(sector, rule);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** The doctrine after a change that nothing speaks against. */
  public DoctrineBook changed(boolean retire, DoctrineRule rule) {
    SortedMap<String, Entry> changed = new TreeMap<>(entries);
    changed.put(rule.id(), new Entry(rule, retire));
    return new DoctrineBook(sector, changed);
  }

  private static void check(String sector, DoctrineRule rule) {
    if (!rule.sector().equals(sector)) {
      throw new IllegalArgumentException(
          "expected a rule of the sector: rule=" + rule.id() + ", sector=" + rule.sector());
    }
    if (rule.version() < 1 || rule.effectiveFromMs() >= rule.effectiveUntilMs()) {
      throw new IllegalArgumentException(
          "expected a version from 1 and a window: rule="
              + rule.id()
              + ", version="
              + rule.version()
              + ", effectiveFromMs="
              + rule.effectiveFromMs()
              + ", effectiveUntilMs="
              + rule.effectiveUntilMs());
    }
    RuleTerms.of(rule);
  }

  private static String hash(List<DoctrineRule> rules) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("expected SHA-256, which every JDK has", e);
    }
    update(digest, DOMAIN);
    for (DoctrineRule rule : rules) {
      update(digest, DoctrineRules.toJson(rule).toString());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }
}
