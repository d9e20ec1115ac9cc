package io.knhk.cli.verify;

import io.knhk.cli.verify.StoredReceipt.Checked;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.schemas.Topics;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks every stored receipt: its id is the hash of its body, every column says what the body
 * says, the signature is good, the parent is the receipt before, the numbers run from 0 without a
 * gap. Where Kafka can be asked, that no receipt was cut off the end.
 *
 * <p>The table is read once, in order and in one read-only transaction, in constant memory but for
 * 32 bytes a receipt; signatures are checked by all processors.
 */
public final class LedgerAudit {
  /** Most problems listed a chain; the others are counted. */
  public static final int PROBLEMS_MAX = 100;

  private static final int FETCH_ROWS = 1_024;
  private static final int SLICE_ROWS = 128;
  private static final int THREADS_MAX = 8;

  private final Connection connection;
  private final Request request;
  private final Consumer<ReceiptBody> verified;
  private final Map<ChainName, ChainTally> chains = new LinkedHashMap<>();
  private Acceptances acceptances = Acceptances.none();

  private LedgerAudit(Connection connection, Request request, Consumer<ReceiptBody> verified) {
    this.connection = connection;
    this.request = request;
    this.verified = verified;
  }

  /**
   * What to audit.
   *
   * @param keys whose signatures count
   * @param sector the only one to read; null for all
   * @param kafka client settings ({@code bootstrap.servers} and whatever else it takes) to compare
   *     with the receipts topic; empty to leave that out
   * @param archiveWait how long a receipt may be in Kafka before it must be in the table
   */
  public record Request(
      KeyRing keys, @Nullable String sector, Map<String, Object> kafka, Duration archiveWait) {
    public Request {
      kafka = Map.copyOf(kafka);
    }
  }

  /**
   * Audits the receipts of a database.
   *
   * @param connection to the archive, as anyone who may read it; its transaction must not have
   *     begun
   * @param verified gets each receipt that is right, by (log, sector, seq), on the calling thread
   * @throws SQLException if the archive cannot be read. A Kafka that cannot be read is said in the
   *     report instead.
   */
  public static AuditReport run(
      Connection connection, Request request, Consumer<ReceiptBody> verified)
      throws SQLException, InterruptedException {
    return new LedgerAudit(connection, request, verified).run();
  }

  private AuditReport run() throws SQLException, InterruptedException {
    List<String> proved = new ArrayList<>();
    List<String> unproved = new ArrayList<>();
    // Where Kafka ends is asked first: what is appended meanwhile is not missed by the table.
    try (KafkaComparison kafka = KafkaComparison.open(request.kafka())) {
      readTable();
      noteForks();
      proved.add(
          "every stored receipt has the hash, the columns and the place in its chain that its"
              + " signed body says, from number 0 without a gap"
              + (isAnythingAccepted() ? " but for what people accepted" : ""));
      if (kafka.isReachable()) {
        kafka.compare(request, this::tally, acceptances);
      }
      if (kafka.isComplete()) {
        awaitTail(kafka);
        proved.add("Kafka has no receipt beyond those, nor another under one of their numbers");
        unproved.addAll(kafka.notes());
        unproved.add(
            "that nothing was cut off the end of both the table and Kafka: that needs a copy of a"
                + " later receipt from elsewhere");
      } else {
        unproved.addAll(kafka.notes());
        unproved.add(
            "that no receipts were cut off the end: that needs Kafka, or a copy of a later receipt"
                + " from elsewhere");
      }
    }
    noteHalts();
    noteUnsigned(unproved);
    unproved.add(
        "whose key it is: compare the fingerprint of knhk keys list with one you got another way");
    return new AuditReport(
        chains.values().stream().map(ChainTally::report).toList(), proved, unproved);
  }

  private ChainTally tally(String log, String sector) {
    return chains.computeIfAbsent(
        new ChainName(log, sector), name -> new ChainTally(name.log(), name.sector()));
  }

  private void readTable() throws SQLException, InterruptedException {
    boolean autoCommit = connection.getAutoCommit();
    boolean readOnly = connection.isReadOnly();
    int isolation = connection.getTransactionIsolation();
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), THREADS_MAX);
    ExecutorService checkers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "ledger-audit");
              thread.setDaemon(true);
              return thread;
            });
    try {
      acceptances = Acceptances.read(connection);
      readTable(checkers);
      connection.commit();
    } finally {
      checkers.shutdownNow();
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(autoCommit);
        connection.setTransactionIsolation(isolation);
        connection.setReadOnly(readOnly);
      }
    }
  }

  private void readTable(ExecutorService checkers) throws SQLException, InterruptedException {
    String where = request.sector() == null ? "" : " where sector = ?";
    try (PreparedStatement select =
        connection.prepareStatement(
            "select "
                + StoredReceipt.COLUMNS
                + " from knhk.receipts"
                + where
                + " order by log, sector, seq")) {
      if (request.sector() != null) {
        select.setString(1, request.sector());
      }
      select.setFetchSize(FETCH_ROWS);
      try (ResultSet rows = select.executeQuery()) {
        // While the processors check one batch, the next is read.
        List<Future<List<Checked>>> checking = List.of();
        boolean more = true;
        while (more) {
          List<Future<List<Checked>>> next = new ArrayList<>();
          more = submit(rows, checkers, next);
          settle(checking);
          checking = next;
        }
        settle(checking);
      }
    }
  }

  /** Reads a batch and has it checked; false when there is no further one. */
  private boolean submit(ResultSet rows, ExecutorService checkers, List<Future<List<Checked>>> into)
      throws SQLException {
    List<Expected> slice = new ArrayList<>(SLICE_ROWS);
    for (int i = 0; i < FETCH_ROWS; i++) {
      if (!rows.next()) {
        into.add(check(slice, checkers));
        return false;
      }
      StoredReceipt stored = StoredReceipt.of(rows);
      ChainTally tally = tally(stored.log(), stored.sector());
      Head expected = tally.expected();
      Acceptances.Break accepted = acceptances.breakAt(stored, expected);
      if (accepted != null) {
        tally.accepted(accepted.accepted().seq(), accepted.accepted().what());
        expected = accepted.expected();
      }
      slice.add(new Expected(stored, expected));
      tally.advance(stored.seq(), stored.id(), stored.hash());
      if (slice.size() == SLICE_ROWS) {
        into.add(check(slice, checkers));
        slice = new ArrayList<>(SLICE_ROWS);
      }
    }
    into.add(check(slice, checkers));
    return true;
  }

  private Future<List<Checked>> check(List<Expected> slice, ExecutorService checkers) {
    KeyRing keys = request.keys();
    return checkers.submit(
        () -> {
          List<Checked> checked = new ArrayList<>(slice.size());
          for (Expected expected : slice) {
            checked.add(expected.stored().check(expected.head(), keys));
          }
          return checked;
        });
  }

  private void settle(List<Future<List<Checked>>> checking) throws InterruptedException {
    for (Future<List<Checked>> slice : checking) {
      List<Checked> found;
      try {
        found = slice.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("expected a check to end with a verdict", e.getCause());
      }
      found.forEach(this::settle);
    }
  }

  private void settle(Checked checked) {
    StoredReceipt stored = checked.stored();
    ChainTally tally = tally(stored.log(), stored.sector());
    ReceiptBody receipt = checked.receipt();
    if (checked.problems().isEmpty() && receipt != null) {
      tally.right(stored.seq(), checked.hash());
      tally.operation(receipt);
      verified.accept(receipt);
    }
    checked.problems().forEach(problem -> tally.wrong(stored.seq(), problem));
  }

  /** A receipt that Kafka has only just got may still be on its way into the table. */
  private void awaitTail(KafkaComparison kafka) throws SQLException, InterruptedException {
    for (KafkaComparison.Tail tail : kafka.tails()) {
      ChainTally tally = tally(tail.log(), tail.sector());
      if (tail.lastSeq() <= tally.lastSeq()) {
        continue;
      }
      long stored = awaitSeq(tail);
      if (stored < tail.lastSeq()) {
        tally.noted(
            stored + 1,
            "expected the table to hold what Kafka holds (rows were deleted, or the archive stands"
                + " still): lastInTable="
                + stored
                + ", lastInKafka="
                + tail.lastSeq());
      }
    }
  }

  private long awaitSeq(KafkaComparison.Tail tail) throws SQLException, InterruptedException {
    long untilMs = tail.appendedAtMs() + request.archiveWait().toMillis();
    while (true) {
      long stored = storedSeq(tail);
      if (stored >= tail.lastSeq() || System.currentTimeMillis() >= untilMs) {
        return stored;
      }
      Thread.sleep(100);
    }
  }

  private long storedSeq(KafkaComparison.Tail tail) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select coalesce(max(seq), -1) from knhk.receipts where log = ? and sector = ?")) {
      select.setString(1, tail.log());
      select.setString(2, tail.sector());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void noteHalts() throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "select log, sector, seq, reason, detail from knhk.halts where resumed_at is null"
                    + " order by log, sector, seq");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String sector = rows.getString("sector");
        if (request.sector() == null || request.sector().equals(sector)) {
          tally(rows.getString("log"), sector)
              .noted(
                  rows.getLong("seq"),
                  "expected a sector that the archive did not halt: reason="
                      + rows.getString("reason")
                      + ", detail="
                      + rows.getString("detail"));
        }
      }
    }
  }

  private void noteForks() {
    for (Acceptances.Fork fork : acceptances.forks()) {
      if (request.sector() == null || request.sector().equals(fork.sector())) {
        tally(fork.log(), fork.sector()).accepted(fork.accepted().seq(), fork.accepted().what());
      }
    }
  }

  private boolean isAnythingAccepted() {
    return chains.values().stream().anyMatch(ChainTally::isAnythingAccepted);
  }

  /**
   * What no trusted key signed says nothing about a chain, but that somebody wrote it is worth a
   * word.
   */
  private void noteUnsigned(List<String> unproved) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select count(*) from knhk.quarantine where kafka_topic = ? and reason in ('malformed',"
                + " 'unknown_key', 'bad_signature') and (?::text is null or sector = ?)")) {
      select.setString(1, Topics.RECEIPTS);
      select.setString(2, request.sector());
      select.setString(3, request.sector());
      try (ResultSet row = select.executeQuery()) {
        row.next();
        if (row.getLong(1) > 0) {
          unproved.add(
              "who wrote the "
                  + row.getLong(1)
                  + " records in quarantine that no trusted key signed: they are no part of the"
                  + " ledger");
        }
      }
    }
  }

  private record ChainName(String log, String sector) {}

  private record Expected(StoredReceipt stored, Head head) {}
}
