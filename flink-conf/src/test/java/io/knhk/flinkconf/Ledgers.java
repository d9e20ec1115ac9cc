package io.knhk.flinkconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.cli.verify.AuditReport;
import io.knhk.cli.verify.LedgerAudit;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.LedgerFormatException;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import io.knhk.schemas.Sectors;
import io.knhk.schemas.Topics;
import io.knhk.schemas.receipt.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the receipts say, held against the observations they are about, and the two places they are
 * kept in against each other. It reads Kafka and PostgreSQL and asks nobody else.
 */
final class Ledgers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ARCHIVE_WAIT = Duration.ofSeconds(30);

  private final String bootstrapServers;
  private final Postgresql postgresql;
  private final KeyRing keys;

  Ledgers(String bootstrapServers, Postgresql postgresql, Path publicKey)
      throws IOException, LedgerFormatException {
    this.bootstrapServers = bootstrapServers;
    this.postgresql = postgresql;
    this.keys = KeyRing.fromPem(publicKey);
  }

  /** A receipt's place. */
  record Place(String log, String sector, long seq) {}

  /**
   * The receipts topic as a reader sees it that drops identical duplicates.
   *
   * @param receipts in the order of each chain
   * @param payloads of the same
   * @param duplicates how many records said again what one before had said
   */
  record Log(
      Map<String, List<ReceiptBody>> receipts, Map<Place, byte[]> payloads, long duplicates) {
    List<ReceiptBody> of(String sector) {
      return receipts.getOrDefault(sector, List.of());
    }

    Stream<ReceiptBody> all() {
      return receipts.values().stream().flatMap(List::stream);
    }

    Stream<ReceiptBody> all(Operation operation) {
      return all().filter(receipt -> receipt.operation() == operation);
    }

    Map<String, Long> heads() {
      Map<String, Long> heads = new TreeMap<>();
      receipts.forEach((sector, chain) -> heads.put(sector, (long) chain.size()));
      return heads;
    }
  }

  /** Waits until the archive has as many observations accounted for as were published. */
  Duration awaitArchived(Duration within, String log) throws InterruptedException {
    long published = Topic.size(bootstrapServers, Topics.OBSERVATIONS);
    long[] found = new long[1];
    try {
      return Eventually.until(
          within,
          "all observations are in archived receipts",
          () -> {
            found[0] = archivedObservations(log);
            return found[0] >= published;
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          e.getMessage() + ": published=" + published + ", archived=" + found[0], e);
    }
  }

  /** How many observations the archived receipts of a log account for. */
  long archivedObservations(String log) throws SQLException {
    return Long.parseLong(
        one(
            "select coalesce(sum((evidence ->> 'count')::bigint), 0) from receipts where operation in"
                + " ('ObservationIngested', 'ObservationsRejected') and log = '"
                + log
                + "'"));
  }

  /** The first column of the first row. */
  String one(String sql) throws SQLException {
    try (Connection connection = postgresql.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).as(sql).isTrue();
      return rows.getString(1);
    }
  }

  /**
   * Everything that must hold once all is archived: the chains are whole and signed, each
   * observation is accounted for exactly once, Kafka and PostgreSQL hold the same bytes, and no
   * sector was halted.
   */
  Log check(String log) throws Exception {
    Log read = readLog(log);
    checkAccounting(read);
    checkArchive(log, read);
    checkChains();
    return read;
  }

  /** What {@code knhk verify} checks, on all logs: rows, signatures, links, halts, Kafka's end. */
  void checkChains() throws SQLException, InterruptedException {
    try (Connection connection = postgresql.connect()) {
      AuditReport report =
          LedgerAudit.run(
              connection,
              new LedgerAudit.Request(
                  keys, null, Map.of("bootstrap.servers", bootstrapServers), ARCHIVE_WAIT),
              receipt -> {});
      assertThat(report.isValid()).as("%s", report).isTrue();
    }
  }

  /** Waits until PostgreSQL has the receipts that Kafka has, byte for byte. */
  void awaitEqual(Duration within, String log) throws InterruptedException {
    Eventually.until(
        within,
        "PostgreSQL has what Kafka has",
        () ->
            Long.parseLong(one("select count(*) from receipts where log = '" + log + "'"))
                == readLog(log).payloads().size());
    try {
      checkArchive(log, readLog(log));
    } catch (SQLException e) {
      throw new AssertionError("expected an archive that answers", e);
    }
  }

  /** In how many receipts that observation is that is in the fewest. */
  int leastOften(Log log) {
    int least = Integer.MAX_VALUE;
    for (int[] counts : coverage(log).values()) {
      least = Math.min(least, Arrays.stream(counts).min().orElse(least));
    }
    return least;
  }

  /** Reads the receipts of a log; a chain that is not whole, or a second history, is an error. */
  Log readLog(String log) {
    Map<String, List<ReceiptBody>> receipts = new TreeMap<>();
    Map<Place, byte[]> payloads = new HashMap<>();
    Map<Place, byte[]> records = new HashMap<>();
    Map<String, Head> heads = new HashMap<>();
    ReceiptVerifier verifier = new ReceiptVerifier(keys, log);
    long[] duplicates = new long[1];
    Topic.read(
        bootstrapServers,
        Topics.RECEIPTS,
        record -> {
          Dsse.Envelope envelope = envelope(record);
          ReceiptBody body = body(envelope);
          if (!body.log().equals(log)) {
            return;
          }
          Place place = new Place(body.log(), body.sector(), body.seq());
          byte[] before = records.putIfAbsent(place, record.value());
          if (before != null) {
            assertThat(record.value()).as("the same bytes again, %s", place).isEqualTo(before);
            duplicates[0]++;
            return;
          }
          Verdict verdict =
              verifier.verify(
                  body.sector(), heads.getOrDefault(body.sector(), Head.empty()), envelope);
          assertThat(verdict)
              .as("%s at offset %d: %s", place, record.offset(), verdict.detail())
              .isInstanceOf(Verdict.Valid.class);
          heads.put(body.sector(), ((Verdict.Valid) verdict).next());
          receipts.computeIfAbsent(body.sector(), sector -> new ArrayList<>()).add(body);
          payloads.put(place, envelope.payload());
        });
    return new Log(receipts, payloads, duplicates[0]);
  }

  static JsonNode evidence(ReceiptBody receipt) {
    try {
      return JSON.readTree(receipt.evidenceJson());
    } catch (IOException e) {
      throw new AssertionError("expected evidence in JSON: seq=" + receipt.seq(), e);
    }
  }

  private void checkAccounting(Log log) {
    coverage(log)
        .forEach(
            (partition, counts) -> {
              for (int offset = 0; offset < counts.length; offset++) {
                if (counts[offset] != 1) {
                  throw new AssertionError(
                      "expected each observation in exactly one receipt: partition="
                          + partition
                          + ", offset="
                          + offset
                          + ", receipts="
                          + counts[offset]);
                }
              }
            });
  }

  /** In how many receipts each observation is, by partition and offset. */
  private Map<Integer, int[]> coverage(Log log) {
    Map<Integer, List<String>> sectors = sectorsOfObservations();
    Map<Integer, int[]> covered = new HashMap<>();
    sectors.forEach((partition, records) -> covered.put(partition, new int[records.size()]));
    log.all()
        .filter(
            receipt ->
                receipt.operation() == Operation.ObservationIngested
                    || receipt.operation() == Operation.ObservationsRejected)
        .forEach(run -> cover(run, sectors, covered));
    return covered;
  }

  private static void cover(
      ReceiptBody run, Map<Integer, List<String>> sectors, Map<Integer, int[]> covered) {
    JsonNode evidence = evidence(run);
    int partition = evidence.path("partition").asInt();
    int count = 0;
    for (int offset = evidence.path("firstOffset").asInt();
        offset <= evidence.path("lastOffset").asInt();
        offset++) {
      if (sectors.get(partition).get(offset).equals(run.sector())) {
        covered.get(partition)[offset]++;
        count++;
      }
    }
    assertThat(evidence.path("count").asInt())
        .as("observations of the run %s/%d", run.sector(), run.seq())
        .isEqualTo(count);
  }

  /** The sector of each observation by partition and offset; that of what is none is _ingest. */
  private Map<Integer, List<String>> sectorsOfObservations() {
    Map<Integer, List<String>> sectors = new HashMap<>();
    for (int partition = 0; partition < 4; partition++) {
      sectors.put(partition, new ArrayList<>());
    }
    Topic.read(
        bootstrapServers,
        Topics.OBSERVATIONS,
        record -> {
          List<String> of = sectors.get(record.partition());
          assertThat(record.offset()).isEqualTo(of.size());
          of.add(sector(record.value()));
        });
    return sectors;
  }

  private static String sector(byte[] value) {
    try {
      return JSON.readTree(value).path("sector").asText();
    } catch (IOException e) {
      return Sectors.INGEST;
    }
  }

  private void checkArchive(String log, Log read) throws SQLException {
    long rows = 0;
    try (Connection connection = postgresql.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(1_000);
        try (ResultSet row =
            statement.executeQuery(
                "select sector, seq, body from receipts where log = '" + log + "'")) {
          while (row.next()) {
            Place place = new Place(log, row.getString(1), row.getLong(2));
            if (!Arrays.equals(row.getBytes(3), read.payloads().get(place))) {
              throw new AssertionError("expected the bytes that Kafka has: place=" + place);
            }
            rows++;
          }
        }
      }
    }
    assertThat(rows).as("rows, as many as Kafka has receipts").isEqualTo(read.payloads().size());
  }

  private static Dsse.Envelope envelope(ConsumerRecord<byte[], byte[]> record) {
    try {
      return Dsse.Envelope.parse(record.value());
    } catch (LedgerFormatException e) {
      throw new AssertionError("expected an envelope: offset=" + record.offset(), e);
    }
  }

  private static ReceiptBody body(Dsse.Envelope envelope) {
    try {
      return ReceiptBody.parse(envelope.payload());
    } catch (LedgerFormatException e) {
      throw new AssertionError("expected a receipt", e);
    }
  }
}
