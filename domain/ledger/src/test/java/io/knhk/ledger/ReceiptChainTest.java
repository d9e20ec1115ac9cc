package io.knhk.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.knhk.ledger.ReceiptChain.Head;
import io.knhk.ledger.ReceiptChain.Numbered;
import io.knhk.schemas.receipt.ReceiptDraft;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ReceiptChainTest {
  private static final String KEY_ID = TestKeys.of(1).publicKey().keyId();

  @Property(tries = 50)
  void shouldLinkEachReceiptToTheOneBeforeWhenNumbered(@ForAll("drafts") List<ReceiptDraft> drafts)
      throws Exception {
    Head head = Head.empty();
    for (ReceiptDraft draft : drafts) {
      Numbered numbered = ReceiptChain.number(head, Drafts.LOG, KEY_ID, draft);
      ReceiptBody body = ReceiptBody.parse(numbered.body());

      assertThat(body.seq()).isEqualTo(head.nextSeq());
      assertThat(body.parentHash()).isEqualTo(head.lastHash());
      assertThat(body.subject()).isEqualTo(draft.subject());
      assertThat(body.causes()).isEqualTo(draft.causes());
      assertThat(body.operation()).isEqualTo(draft.operation());
      assertThat(body.keyId()).isEqualTo(KEY_ID);
      assertThat(numbered.hash()).isEqualTo(ReceiptBody.hash(numbered.body()));
      assertThat(numbered.next()).isEqualTo(new Head(head.nextSeq() + 1, numbered.hash()));
      assertThat(ReceiptChain.number(head, Drafts.LOG, KEY_ID, draft))
          .isEqualTo(numbered)
          .hasSameHashCodeAs(numbered);
      head = numbered.next();
    }
    assertThat(head.nextSeq()).isEqualTo(drafts.size());
  }

  @Test
  void shouldRefuseWhenADraftBreaksALimit() {
    ReceiptDraft draft = Drafts.of("finance", "s".repeat(257));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReceiptChain.number(Head.empty(), Drafts.LOG, KEY_ID, draft))
        .withMessageContaining("member=subject");
  }

  @Test
  void shouldRefuseWhenAHeadContradictsItself() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Head(1, null));
    assertThatIllegalArgumentException().isThrownBy(() -> new Head(0, "0f".repeat(32)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Head(-1, null));
    assertThatIllegalArgumentException().isThrownBy(() -> new Head(1, "0F".repeat(32)));
  }

  @Provide
  Arbitrary<List<ReceiptDraft>> drafts() {
    return Drafts.any("finance").list().ofMaxSize(8);
  }
}
