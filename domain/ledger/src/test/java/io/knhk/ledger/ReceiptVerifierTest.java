package io.knhk.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.knhk.ledger.Dsse.Envelope;
import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptChain.Numbered;
import io.knhk.ledger.ReceiptVerifier.Verdict;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ReceiptVerifierTest {
  private static final SigningKey KEY = TestKeys.of(1);
  private static final SigningKey OTHER = TestKeys.of(2);
  private static final KeyRing KEYS = KeyRing.of(List.of(KEY.publicKey()));

  private final ReceiptVerifier verifier = new ReceiptVerifier(KEYS, Drafts.LOG);

  @Test
  void shouldGoOnToTheNextHeadWhenReceiptsAreInOrder() {
    Head head = Head.empty();
    for (Envelope envelope : chain(drafts(3))) {
      Verdict verdict = verifier.verify(head, envelope);

      assertThat(verdict).isInstanceOf(Verdict.Valid.class);
      assertThat(verdict.detail()).isEmpty();
      Verdict.Valid valid = (Verdict.Valid) verdict;
      assertThat(valid.body().seq()).isEqualTo(head.nextSeq());
      assertThat(valid.hash()).isEqualTo(ReceiptBody.hash(envelope.payload()));
      head = valid.next();
      assertThat(head).isEqualTo(new Head(valid.body().seq() + 1, valid.hash()));
    }
  }

  @Test
  void shouldBeStaleWhenAReceiptComesAgain() {
    List<Envelope> chain = chain(drafts(3));
    Head head = headAfter(chain);

    assertThat(verifier.verify(head, chain.get(2))).isInstanceOf(Verdict.Stale.class);
    assertThat(verifier.verify(head, chain.get(0)))
        .isInstanceOfSatisfying(
            Verdict.Stale.class,
            stale -> {
              assertThat(stale.hash()).isEqualTo(ReceiptBody.hash(chain.get(0).payload()));
              assertThat(stale.detail()).isEqualTo("expected the next number: seq=0, next=3");
            });
  }

  @Test
  void shouldBeAGapWhenReceiptsAreMissing() {
    List<Envelope> chain = chain(drafts(3));

    assertThat(verifier.verify(headAfter(chain.subList(0, 1)), chain.get(2)))
        .isInstanceOf(Verdict.Gap.class)
        .extracting(Verdict::detail)
        .isEqualTo("expected the next number: seq=2, next=1");
    assertThat(verifier.verify(Head.empty(), chain.get(1))).isInstanceOf(Verdict.Gap.class);
  }

  @Test
  void shouldBeAForkWhenTheParentIsAnother() {
    List<Envelope> one = chain(List.of(draft("a"), draft("b")));
    List<Envelope> two = chain(List.of(draft("x"), draft("b")));

    assertThat(verifier.verify(headAfter(one.subList(0, 1)), two.get(1)))
        .isInstanceOf(Verdict.Fork.class)
        .extracting(Verdict::detail)
        .asString()
        .startsWith("expected the last receipt as parent: seq=1, parentHash=");
  }

  @Test
  void shouldBeAForkWhenTheLastNumberIsGivenAgain() {
    List<Envelope> one = chain(List.of(draft("a"), draft("b")));
    List<Envelope> two = chain(List.of(draft("a"), draft("x")));

    assertThat(verifier.verify(headAfter(one), two.get(1)))
        .isInstanceOf(Verdict.Fork.class)
        .extracting(Verdict::detail)
        .asString()
        .startsWith("expected the same receipt again: seq=1, hash=");
  }

  @Test
  void shouldBeABadSignatureWhenAnotherKeySigned() {
    byte[] body = number(Head.empty(), draft("a"), KEY).body();
    byte[] signature = OTHER.sign(Dsse.pae(Receipts.PAYLOAD_TYPE, body));

    assertThat(verifier.verify(Head.empty(), envelope(body, KEY, signature)))
        .isInstanceOf(Verdict.BadSignature.class);
    assertThat(verifier.verify(Head.empty(), envelope(body, KEY, KEY.sign(body))))
        .isInstanceOf(Verdict.BadSignature.class);
    assertThat(verifier.verify(Head.empty(), envelope(body, KEY, new byte[0])))
        .isInstanceOf(Verdict.BadSignature.class);
    byte[] longer = Arrays.copyOf(KEY.sign(Dsse.pae(Receipts.PAYLOAD_TYPE, body)), 65);
    assertThat(verifier.verify(Head.empty(), envelope(body, KEY, longer)))
        .isInstanceOf(Verdict.BadSignature.class);
  }

  @Test
  void shouldBeAnUnknownKeyWhenTheRingHasNone() {
    assertThat(
            verifier.verify(
                Head.empty(), sign(number(Head.empty(), draft("a"), OTHER).body(), OTHER)))
        .isInstanceOf(Verdict.UnknownKey.class)
        .extracting(Verdict::detail)
        .isEqualTo("expected a key of the ring: keyId=" + OTHER.publicKey().keyId());
  }

  @Test
  void shouldBeMalformedWhenItIsNoReceipt() {
    byte[] body = number(Head.empty(), draft("a"), KEY).body();

    malformed(
        Dsse.sign(KEY, Receipts.SNAPSHOT_PAYLOAD_TYPE, body),
        "payloadType=" + Receipts.SNAPSHOT_PAYLOAD_TYPE);
    malformed(Dsse.sign(KEY, Receipts.PAYLOAD_TYPE, new byte[0]), "expected one JSON value");
    malformed(
        Dsse.sign(KEY, Receipts.PAYLOAD_TYPE, Arrays.copyOf(body, body.length - 1)),
        "expected strict JSON");
    malformed(
        Dsse.sign(KEY, Receipts.PAYLOAD_TYPE, (new String(body, UTF_8) + "\n").getBytes(UTF_8)),
        "expected a receipt in canonical form");
    malformed(sign(body, OTHER), "expected the body's key id on the envelope");
  }

  @Test
  void shouldBeTheWrongLogWhenTheNameIsAnother() {
    Envelope other =
        sign(
            ReceiptChain.number(Head.empty(), "other", KEY.publicKey().keyId(), draft("a")).body(),
            KEY);

    assertThat(verifier.verify(Head.empty(), other))
        .isInstanceOf(Verdict.WrongLog.class)
        .extracting(Verdict::detail)
        .isEqualTo("expected a receipt of the log: log=other, limit=test");
  }

  @Test
  void shouldKeepTheFirstSignedLogWhenNoneWasGiven() {
    ReceiptVerifier any = new ReceiptVerifier(KEYS, null);
    Envelope unsigned =
        envelope(
            ReceiptChain.number(Head.empty(), "forged", KEY.publicKey().keyId(), draft("a")).body(),
            KEY,
            new byte[64]);
    Envelope other =
        sign(
            ReceiptChain.number(Head.empty(), "other", KEY.publicKey().keyId(), draft("a")).body(),
            KEY);

    assertThat(any.verify(Head.empty(), unsigned)).isInstanceOf(Verdict.BadSignature.class);
    assertThat(any.verify(Head.empty(), chain(drafts(1)).get(0))).isInstanceOf(Verdict.Valid.class);
    assertThat(any.verify(Head.empty(), other)).isInstanceOf(Verdict.WrongLog.class);
  }

  @Test
  void shouldBeTheWrongLogWhenTheSectorIsAnother() {
    Envelope energy = sign(number(Head.empty(), Drafts.of("energy", "a"), KEY).body(), KEY);

    assertThat(verifier.verify("energy", Head.empty(), energy)).isInstanceOf(Verdict.Valid.class);
    assertThat(verifier.verify("finance", Head.empty(), energy))
        .isInstanceOf(Verdict.WrongLog.class)
        .extracting(Verdict::detail)
        .isEqualTo("expected a receipt of the sector's chain: sector=energy");
  }

  @Test
  void shouldKeepChainsApartWhenSectorsAreMixed() {
    Map<String, Head> heads = new HashMap<>();
    List<Envelope> finance = chain(List.of(draft("a"), draft("b")));
    List<Envelope> energy = chain(List.of(Drafts.of("energy", "a"), Drafts.of("energy", "b")));
    for (Envelope envelope :
        List.of(finance.get(0), energy.get(0), energy.get(1), finance.get(1))) {
      Verdict verdict =
          verifier.verify(sector -> heads.getOrDefault(sector, Head.empty()), envelope);

      assertThat(verdict).isInstanceOf(Verdict.Valid.class);
      Verdict.Valid valid = (Verdict.Valid) verdict;
      heads.put(valid.body().sector(), valid.next());
    }
    assertThat(heads).containsOnlyKeys("finance", "energy");
  }

  @Property(tries = 100)
  void shouldAcceptTheWholeChainWhenNothingWasTouched(@ForAll("drafts") List<ReceiptDraft> drafts) {
    assertThat(accepted(chain(drafts))).isEqualTo(drafts.size());
  }

  @Property(tries = 300)
  void shouldStopBeforeTheReceiptWhenOneBitOfItIsFlipped(
      @ForAll("drafts") List<ReceiptDraft> drafts,
      @ForAll @IntRange(max = 99) int which,
      @ForAll boolean inBody,
      @ForAll @IntRange(max = 10_000_000) int bit) {
    List<Envelope> chain = chain(drafts);
    int place = which % chain.size();
    Envelope touched = chain.get(place);
    byte[] payload = touched.payload();
    byte[] signature = touched.signature();
    byte[] part = inBody ? payload : signature;
    part[bit / 8 % part.length] ^= (byte) (1 << bit % 8);
    chain.set(place, new Envelope(touched.payloadType(), payload, touched.keyId(), signature));

    assertThat(accepted(chain)).isEqualTo(place);
  }

  @Property(tries = 100)
  void shouldStopBeforeTheReceiptWhenOneIsDroppedSwappedOrReplaced(
      @ForAll("drafts") List<ReceiptDraft> drafts, @ForAll @IntRange(max = 99) int which) {
    List<Envelope> chain = chain(drafts);
    int place = which % (chain.size() - 1);

    List<Envelope> dropped = new ArrayList<>(chain);
    dropped.remove(place);
    assertThat(accepted(dropped)).isEqualTo(place);

    List<Envelope> swapped = new ArrayList<>(chain);
    swapped.set(place, chain.get(place + 1));
    swapped.set(place + 1, chain.get(place));
    assertThat(accepted(swapped)).isEqualTo(place);

    // Rewritten by somebody with the key, under its old number and parent: the next one's parent
    // tells.
    List<Envelope> rewritten = new ArrayList<>(chain);
    Head before = headAfter(chain.subList(0, place));
    rewritten.set(place, sign(number(before, draft("rewritten, by its subject"), KEY).body(), KEY));
    assertThat(accepted(rewritten)).isEqualTo(place + 1);
  }

  @Provide
  Arbitrary<List<ReceiptDraft>> drafts() {
    return Drafts.any("finance").list().ofMinSize(2).ofMaxSize(6);
  }

  private void malformed(Envelope envelope, String detail) {
    assertThat(verifier.verify(Head.empty(), envelope))
        .isInstanceOf(Verdict.Malformed.class)
        .extracting(Verdict::detail)
        .asString()
        .startsWith("expected ")
        .contains(detail);
  }

  /** Valid receipts before the first that is not. */
  private static int accepted(List<Envelope> envelopes) {
    ReceiptVerifier verifier = new ReceiptVerifier(KEYS, Drafts.LOG);
    Head head = Head.empty();
    int accepted = 0;
    for (Envelope envelope : envelopes) {
      if (!(verifier.verify(head, envelope) instanceof Verdict.Valid valid)) {
        return accepted;
      }
      head = valid.next();
      accepted++;
    }
    return accepted;
  }

  private static List<Envelope> chain(List<ReceiptDraft> drafts) {
    List<Envelope> chain = new ArrayList<>();
    Head head = Head.empty();
    for (ReceiptDraft draft : drafts) {
      Numbered numbered = number(head, draft, KEY);
      chain.add(sign(numbered.body(), KEY));
      head = numbered.next();
    }
    return chain;
  }

  private static Head headAfter(List<Envelope> chain) {
    return chain.isEmpty()
        ? Head.empty()
        : new Head(chain.size(), ReceiptBody.hash(chain.get(chain.size() - 1).payload()));
  }

  private static Numbered number(Head head, ReceiptDraft draft, SigningKey key) {
    return ReceiptChain.number(head, Drafts.LOG, key.publicKey().keyId(), draft);
  }

  private static Envelope sign(byte[] body, SigningKey key) {
    return Dsse.sign(key, Receipts.PAYLOAD_TYPE, body);
  }

  private static Envelope envelope(byte[] body, SigningKey key, byte[] signature) {
    return new Envelope(Receipts.PAYLOAD_TYPE, body, key.publicKey().keyId(), signature);
  }

  private static List<ReceiptDraft> drafts(int count) {
    List<ReceiptDraft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(draft("subject " + i));
    }
    return drafts;
  }

  private static ReceiptDraft draft(String subject) {
    return Drafts.of("finance", subject);
  }
}
