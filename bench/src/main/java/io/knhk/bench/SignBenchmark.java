package io.knhk.bench;

import io.knhk.ledger.Dsse;
import io.knhk.ledger.ReceiptChain;
import io.knhk.ledger.Receipts;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to make a receipt, beside BouncyCastle's signature of the same bytes alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignBenchmark {
  private final SampleReceipt sample = new SampleReceipt();

  /** From the draft: number, link, canonical form, hash, signature, envelope. */
  @Benchmark
  public byte[] receipt() {
    byte[] body = ReceiptChain.number(sample.head(), "knhk", sample.keyId(), sample.draft()).body();
    return Dsse.sign(sample.key(), Receipts.PAYLOAD_TYPE, body).toJson();
  }

  /** From the body, as the loop's committer does it: signature, envelope. */
  @Benchmark
  public byte[] envelope() {
    return Dsse.sign(sample.key(), Receipts.PAYLOAD_TYPE, sample.body()).toJson();
  }

  /** BouncyCastle's signature of what is signed, with the public key at hand. */
  @Benchmark
  public byte[] bare() {
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    byte[] message = sample.message();
    Ed25519.sign(
        sample.secret(), 0, sample.publicKey(), 0, message, 0, message.length, signature, 0);
    return signature;
  }
}
