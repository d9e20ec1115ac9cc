package io.knhk.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knhk.ledger.Dsse;
import io.knhk.ledger.KeyRing;
import io.knhk.ledger.ReceiptBody;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.ReceiptVerifier;
import io.knhk.schemas.receipt.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** An export, verified by the ledger's own verifier, to ask questions of. */
final class ExportedLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<ReceiptBody> receipts;

  private ExportedLog(List<ReceiptBody> receipts) {
    this.receipts = receipts;
  }

  /**
   * @throws AssertionError when a line is not the next valid receipt of its sector
   */
  static ExportedLog read(Path export, Path publicKey) throws Exception {
    ReceiptVerifier verifier = new ReceiptVerifier(KeyRing.fromPem(publicKey), null);
    Map<String, ReceiptChain.Head> heads = new HashMap<>();
    List<ReceiptBody> receipts = new ArrayList<>();
    for (String line : Files.readAllLines(export)) {
      Dsse.Envelope envelope = Dsse.Envelope.parse(line.getBytes(StandardCharsets.UTF_8));
      ReceiptBody body = ReceiptBody.parse(envelope.payload());
      ReceiptVerifier.Verdict verdict =
          verifier.verify(heads.getOrDefault(body.sector(), ReceiptChain.Head.empty()), envelope);
      if (!(verdict instanceof ReceiptVerifier.Verdict.Valid valid)) {
        throw new AssertionError(
            "expected a valid receipt: sector="
                + body.sector()
                + ", seq="
                + body.seq()
                + ", verdict="
                + verdict);
      }
      heads.put(body.sector(), valid.next());
      receipts.add(body);
    }
    return new ExportedLog(receipts);
  }

  Stream<ReceiptBody> of(String sector, Operation operation) {
    return receipts.stream().filter(r -> r.sector().equals(sector) && r.operation() == operation);
  }

  Optional<ReceiptBody> bySubject(String sector, String subject) {
    return receipts.stream()
        .filter(r -> r.sector().equals(sector) && r.subject().equals(subject))
        .findFirst();
  }

  /** Sum of a member of the evidence over the runs that were checked under one snapshot. */
  long sum(String sector, String snapshotId, String member) {
    return of(sector, Operation.ObservationIngested)
        .filter(r -> r.snapshotId().equals(snapshotId))
        .mapToLong(r -> evidence(r).path(member).asLong())
        .sum();
  }

  long sum(String sector, Operation operation, String member) {
    return of(sector, operation).mapToLong(r -> evidence(r).path(member).asLong()).sum();
  }

  static JsonNode evidence(ReceiptBody receipt) {
    try {
      return JSON.readTree(receipt.evidenceJson());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }
}
