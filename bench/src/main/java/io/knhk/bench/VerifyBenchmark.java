package io.knhk.bench;

import java.util.concurrent.TimeUnit;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The strict verifier, beside BouncyCastle's verification of the same signature alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class VerifyBenchmark {
  private final SampleReceipt sample = new SampleReceipt();
  private final Ed25519.PublicPoint point =
      Ed25519.validatePublicKeyFullExport(sample.publicKey(), 0);

  @Benchmark
  public boolean strict() {
    return sample.key().publicKey().verify(sample.message(), sample.signature());
  }

  /** With the key as bytes, which are decoded each time. */
  @Benchmark
  public boolean bare() {
    byte[] message = sample.message();
    return Ed25519.verify(sample.signature(), 0, sample.publicKey(), 0, message, 0, message.length);
  }

  /** With the key decoded once, as the strict verifier has it. */
  @Benchmark
  public boolean bareDecodedKey() {
    byte[] message = sample.message();
    return Ed25519.verify(sample.signature(), 0, point, message, 0, message.length);
  }
}
