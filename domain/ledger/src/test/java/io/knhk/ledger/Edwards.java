package io.knhk.ledger;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Edwards25519 by the book (RFC 8032, section 5.1), slow and on its own: to forge what a careless
 * verifier would accept.
 */
record Edwards(BigInteger x, BigInteger y) {
  static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  static final Edwards NEUTRAL = new Edwards(BigInteger.ZERO, BigInteger.ONE);

  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final Edwards BASE =
      decode(
          littleEndian(BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P)));

  static Edwards base(BigInteger scalar) {
    return BASE.times(scalar);
  }

  static Edwards decode(byte[] encoded) {
    byte[] magnitude = encoded.clone();
    boolean odd = (magnitude[31] & 0x80) != 0;
    magnitude[31] &= 0x7f;
    BigInteger y = fromLittleEndian(magnitude).mod(P);
    BigInteger yy = y.multiply(y).mod(P);
    BigInteger xx =
        yy.subtract(BigInteger.ONE)
            .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
            .mod(P);
    BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).mod(P).equals(xx)) {
      x = x.multiply(BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P)).mod(P);
    }
    if (!x.multiply(x).mod(P).equals(xx)) {
      throw new IllegalArgumentException("not on the curve");
    }
    return new Edwards(x.testBit(0) == odd ? x : P.subtract(x).mod(P), y);
  }

  byte[] encode() {
    byte[] encoded = littleEndian(y);
    if (x.testBit(0)) {
      encoded[31] |= (byte) 0x80;
    }
    return encoded;
  }

  Edwards plus(Edwards other) {
    BigInteger xy = x.multiply(other.y);
    BigInteger yx = y.multiply(other.x);
    BigInteger dxxyy = D.multiply(xy).multiply(yx).mod(P);
    BigInteger newX = xy.add(yx).multiply(BigInteger.ONE.add(dxxyy).modInverse(P)).mod(P);
    BigInteger newY =
        y.multiply(other.y)
            .add(x.multiply(other.x))
            .multiply(BigInteger.ONE.subtract(dxxyy).modInverse(P))
            .mod(P);
    return new Edwards(newX, newY);
  }

  Edwards times(BigInteger scalar) {
    Edwards sum = NEUTRAL;
    for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
      sum = sum.plus(sum);
      if (scalar.testBit(bit)) {
        sum = sum.plus(this);
      }
    }
    return sum;
  }

  /** SHA-512(R ‖ A ‖ message) as a scalar. */
  static BigInteger challenge(byte[] r, byte[] a, byte[] message) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(r);
      digest.update(a);
      return fromLittleEndian(digest.digest(message)).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] littleEndian(BigInteger value) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = value.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  static BigInteger fromLittleEndian(byte[] bytes) {
    byte[] bigEndian = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[i] = bytes[bytes.length - 1 - i];
    }
    return new BigInteger(1, bigEndian);
  }

  static byte[] signature(byte[] r, BigInteger s) {
    byte[] signature = Arrays.copyOf(r, 64);
    System.arraycopy(littleEndian(s), 0, signature, 32, 32);
    return signature;
  }
}
