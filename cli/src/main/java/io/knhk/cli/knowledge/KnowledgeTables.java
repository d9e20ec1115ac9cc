package io.knhk.cli.knowledge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.Archive;
import io.knhk.cli.CliError;
import io.knhk.cli.CliException;
import io.knhk.cli.Query;
import io.knhk.cli.ResolvedEndpoints;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.schemas.knowledge.KnowledgeDocument;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import io.knhk.schemas.knowledge.KnowledgeDocumentCodec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the archive holds of one ledger's knowledge. Reads, and never writes. */
public final class KnowledgeTables implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VERSION = Pattern.compile("([a-z]{1,64})/(\\d{1,18})");
  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{1,64}");
  private static final int CANDIDATES_MAX = 10;

  /** Of documents: the newest revision of each. */
  private static final String NEWEST =
      "select * from (select distinct on (sector, id) number, sector, id, revision, recorded_at,"
          + " document from knhk.knowledge_documents where log = ? and kind = ?"
          + " order by sector, id, number desc) d";

  private final Connection archive;
  private final String log;

  private KnowledgeTables(Connection archive, String log) {
    this.archive = archive;
    this.log = log;
  }

  /**
   * Opens the archive.
   *
   * @param named the ledger, where the command line names one
   * @throws CliException if PostgreSQL does not answer, or nothing tells which ledger is meant
   */
  public static KnowledgeTables open(ResolvedEndpoints endpoints, @Nullable String named) {
    Connection archive = Archive.asAuditor(endpoints);
    try {
      return new KnowledgeTables(archive, log(archive, named != null ? named : endpoints.log()));
    } catch (SQLException e) {
      throw Archive.failed(closed(archive, e));
    } catch (CliException e) {
      throw closed(archive, e);
    }
  }

  /** Name of the ledger. */
  public String log() {
    return log;
  }

  /** Reads as an auditor may. */
  public Connection archive() {
    return archive;
  }

  /** The newest revision of each document of a kind, by sector and id. */
  public List<Document> all(Kind kind, @Nullable String sector) throws SQLException {
    return documents(newest(kind).where("sector = ?", sector).then("order by sector, id"));
  }

  /** The newest revision of a document. */
  public Optional<Document> get(Kind kind, String sector, String id) throws SQLException {
    return documents(newest(kind).where("sector = ?", sector).where("id = ?", id)).stream()
        .findFirst();
  }

  /**
   * The documents of a kind whose id, or whose member of this name, begins so; the newest revision
   * of each, at most {@value #CANDIDATES_MAX}.
   */
  public List<Document> beginning(Kind kind, String prefix, String member) throws SQLException {
    return documents(
        new Query(NEWEST + " where starts_with(id, ?) or starts_with(document ->> ?, ?)")
            .with(log)
            .with(name(kind))
            .with(prefix)
            .with(member)
            .with(prefix)
            .then("order by sector, id limit " + CANDIDATES_MAX));
  }

  /**
   * A document as it was signed, its content read from the signed bytes: what a table says, whoever
   * has the password of the database can change.
   *
   * @throws CliException if it is signed by none of the keys, or about something else
   */
  public Document verified(Kind kind, Document document, KeyRing keys) throws SQLException {
    List<Dsse.Envelope> found = new ArrayList<>();
    new Query("select body, key_id, signature from knhk.knowledge_documents")
        .where("number = ?", document.number())
        .forEach(
            archive,
            row ->
                found.add(
                    new Dsse.Envelope(
                        KnowledgeDocument.PAYLOAD_TYPE,
                        row.getBytes(1),
                        row.getString(2),
                        HexFormat.of().parseHex(row.getString(3)))));
    String what = name(kind) + ", sector=" + document.sector() + ", id=" + document.id();
    if (found.isEmpty() || !keys.verifies(found.get(0))) {
      throw CliError.EVIDENCE_INVALID.because(
          "expected a document that the loop signed: kind=" + what + ", keys=" + keys.keyIds(),
          "Nothing was sent. Somebody changed the archive, or --public-key names another loop's key.");
    }
    KnowledgeDocument signed = KnowledgeDocumentCodec.decode(found.get(0).payload());
    if (signed.kind() != kind
        || !signed.log().equals(log)
        || !signed.sector().equals(document.sector())
        || !signed.id().equals(document.id())) {
      throw CliError.EVIDENCE_INVALID.because(
          "expected the columns of a document to say what was signed: kind=" + what,
          "Nothing was sent. Somebody changed the archive.");
    }
    return new Document(
        document.number(),
        signed.sector(),
        signed.id(),
        signed.revision(),
        signed.recordedAtMs(),
        signed.content());
  }

  /** The sector's newest snapshot; empty before it has one. */
  public Optional<PromotedVersion> head(String sector) throws SQLException {
    return versions(
            new Query("select sector, version, snapshot_id from knhk.snapshots")
                .where("log = ?", log)
                .where("sector = ?", sector)
                .then("order by version desc limit 1"))
        .stream()
        .findFirst();
  }

  /**
   * The snapshot that a person means: {@code finance/3}, {@code finance} for its newest, an id, or
   * the beginning of one.
   *
   * @param sector where an id is looked for; null for all
   * @throws CliException if there is none, or several
   */
  public PromotedVersion snapshot(String name, @Nullable String sector) throws SQLException {
    Query query =
        new Query("select sector, version, snapshot_id from knhk.snapshots").where("log = ?", log);
    Matcher version = VERSION.matcher(name);
    String digits = name.toLowerCase(Locale.ROOT);
    if (version.matches()) {
      query
          .where("sector = ?", version.group(1))
          .where("version = ?", Long.parseLong(version.group(2)));
    } else if (DIGITS.matcher(digits).matches()) {
      // What is said again after a way back has the id that it had.
      query.where("starts_with(snapshot_id, ?)", digits).where("sector = ?", sector);
    } else {
      query.where("sector = ?", name);
    }
    boolean isSector = !version.matches() && !DIGITS.matcher(digits).matches();
    List<PromotedVersion> found =
        versions(
            query.then("order by version desc, sector limit " + (isSector ? 1 : CANDIDATES_MAX)));
    if (found.isEmpty()) {
      throw CliError.NOT_FOUND.because(
          "expected a snapshot: snapshot=" + name + ", log=" + log,
          "knhk snapshots list shows them. Name one as finance/3 or by its id.");
    }
    if (found.stream().map(PromotedVersion::snapshotId).distinct().count() > 1) {
      throw CliError.AMBIGUOUS.because(
          "expected the beginning of one snapshot's id: snapshot="
              + name
              + ", candidates="
              + found.stream().map(it -> it.name() + " " + it.snapshotId()).toList(),
          "Give more digits.");
    }
    return found.get(0);
  }

  /** The snapshot that was in force at a time; empty before the first. */
  public Optional<PromotedVersion> at(String sector, long epochMs) throws SQLException {
    return versions(
            new Query("select sector, version, snapshot_id from knhk.snapshots")
                .where("log = ?", log)
                .where("sector = ?", sector)
                .where("promoted_at <= ?", epochMs)
                .then("order by version desc limit 1"))
        .stream()
        .findFirst();
  }

  /** The N-Triples lines of a snapshot, sorted, without line ends. */
  public List<String> triples(PromotedVersion version) throws SQLException {
    List<String> lines = new ArrayList<>();
    new Query("select * from knhk.triples(?, ?, ?)")
        .with(log)
        .with(version.sector())
        .with(version.version())
        .forEach(archive, row -> lines.add(row.getString(1)));
    lines.sort(null);
    return lines;
  }

  @Override
  public void close() throws SQLException {
    archive.close();
  }

  private Query newest(Kind kind) {
    return new Query(NEWEST).with(log).with(name(kind));
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private List<Document> documents(Query query) throws SQLException {
    List<Document> documents = new ArrayList<>();
    query.forEach(archive, row -> documents.add(document(row)));
    return documents;
  }

  private static Document document(ResultSet row) throws SQLException {
    try {
      if (JSON.readTree(row.getString("document")) instanceof ObjectNode content) {
        return new Document(
            row.getLong("number"),
            row.getString("sector"),
            row.getString("id"),
            row.getLong("revision"),
            row.getLong("recorded_at"),
            content);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected PostgreSQL's jsonb to be JSON", e);
    }
    throw new IllegalStateException("expected a document to be an object");
  }

  private List<PromotedVersion> versions(Query query) throws SQLException {
    List<PromotedVersion> versions = new ArrayList<>();
    query.forEach(
        archive,
        row ->
            versions.add(
                new PromotedVersion(
                    row.getString("sector"),
                    row.getLong("version"),
                    row.getString("snapshot_id"))));
    return versions;
  }

  private static String log(Connection archive, @Nullable String named) throws SQLException {
    if (named != null) {
      return named;
    }
    List<String> logs = new ArrayList<>();
    new Query("select distinct log from knhk.snapshots")
        .then("order by log limit " + CANDIDATES_MAX)
        .forEach(archive, row -> logs.add(row.getString(1)));
    if (logs.size() != 1) {
      throw CliError.WHICH_LOG.because(
          "expected one ledger in the archive, or the name of one: logs=" + logs,
          "Name it with --log, KNHK_LOG or log in a profile.");
    }
    return logs.get(0);
  }

  private static <E extends Exception> E closed(Connection archive, E because) {
    try {
      archive.close();
    } catch (SQLException e) {
      because.addSuppressed(e);
    }
    return because;
  }
}
