package io.knhk.operators.types;

import io.knhk.schemas.detection.Pattern;
import io.knhk.schemas.receipt.ReceiptDraft;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/** Side outputs that more than one operator has. */
public final class Edges {
  public static final OutputTag<ReceiptDraft> RECEIPTS =
      new OutputTag<>("receipts", TypeInformation.of(ReceiptDraft.class));
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", TypeInformation.of(DeadLetter.class));
  public static final OutputTag<ControlUpdate> PROGRESS =
      new OutputTag<>("progress", TypeInformation.of(ControlUpdate.class));
  public static final OutputTag<SectorSignal> ACKNOWLEDGEMENTS =
      new OutputTag<>("acknowledgements", TypeInformation.of(SectorSignal.class));
  public static final OutputTag<Pattern> PATTERNS =
      new OutputTag<>("patterns", TypeInformation.of(Pattern.class));

  public static final OutputTag<TypeSample> SAMPLES =
      new OutputTag<>("samples", TypeInformation.of(TypeSample.class));

  /** Of execute: what is signed and sent like a snapshot, and that no operator reads. */
  public static final OutputTag<OutboundMessage> DOCUMENTS =
      new OutputTag<>("documents", TypeInformation.of(OutboundMessage.class));

  private Edges() {}
}
