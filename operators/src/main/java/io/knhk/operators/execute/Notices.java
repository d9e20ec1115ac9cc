package io.knhk.operators.execute;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.knowledge.governance.Asked;
import io.knhk.knowledge.governance.CastVote;
import io.knhk.knowledge.governance.Request;
import io.knhk.schemas.Topics;
import io.knhk.schemas.control.ControlContent.Choice;
import io.knhk.schemas.knowledge.Proposal;
import io.knhk.schemas.notification.Notification;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells people what they should hear of at once. What each notification says is in
 * docs/operations/notifications.md; it proves nothing, the receipts do.
 */
final class Notices {
  private Notices() {}

  static void pending(Request request, Now now) {
    ObjectNode data = of(request);
    data.put("criticality", lower(request.requirement().criticality()));
    data.put("approvalsNeeded", request.approvalsNeeded());
    data.put("reviewEndsAtMs", request.reviewEndsAtMs());
    data.put("expiresAtMs", request.expiresAtMs());
    data.put("author", request.asked().author());
    send(Notification.Kind.PENDING, request.id(), request.id(), data, now);
  }

  static void promoted(
      Proposal proposal, SectorKnowledge.Head head, @Nullable Request request, Now now) {
    ObjectNode data = of(proposal);
    data.put("requestId", request == null ? "" : request.id());
    data.put("version", head.state().version());
    data.put("snapshotId", head.state().snapshotId());
    data.put("demonstration", request != null && request.isByDemonstration());
    // The same content can be promoted again after a way back, under another version.
    send(
        Notification.Kind.PROMOTED,
        head.state().version() + "-" + head.state().snapshotId(),
        proposal.id(),
        data,
        now);
  }

  /** The stages, or a limit, refused a change. */
  static void refused(Proposal proposal, String reason, String requestId, Now now) {
    ObjectNode data = of(proposal);
    data.put("requestId", requestId);
    data.put("reason", reason);
    data.put("by", "");
    send(Notification.Kind.REJECTED, proposal.id(), proposal.id(), data, now);
  }

  /** A request ended otherwise than by being carried out. */
  static void ended(Request request, Now now) {
    ObjectNode data = of(request);
    data.put("reason", request.reason());
    switch (request.state()) {
      case EXPIRED -> send(Notification.Kind.EXPIRED, request.id(), request.id(), data, now);
      case REJECTED, REVOKED, REFUSED -> {
        data.put("state", request.state().code());
        data.put("by", rejectedBy(request));
        data.put(
            "producerFault", request.votes().values().stream().anyMatch(CastVote::producerFault));
        send(Notification.Kind.REJECTED, request.id(), request.id(), data, now);
      }
      case SUBMITTED, UNDER_REVIEW, APPROVALS_PENDING, APPROVED ->
          throw new IllegalStateException("expected a request that ended: " + request.state());
    }
  }

  static void violation(Aftercare.Violation violation, Now now) {
    WatchedPromotion promotion = violation.promotion();
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("invariant", "Q2");
    data.put("eventType", violation.eventType());
    data.put("version", promotion.version());
    data.put("snapshotId", promotion.snapshotId());
    data.put("proposalId", promotion.proposalId());
    data.put("checked", violation.figures().checked());
    data.put("nonConforming", violation.figures().nonConforming());
    send(
        Notification.Kind.VIOLATION,
        promotion.version() + "-" + promotion.snapshotId(),
        promotion.snapshotId(),
        data,
        now);
  }

  private static String rejectedBy(Request request) {
    for (CastVote vote : request.votes().values()) {
      if (vote.choice() == Choice.REJECT) {
        return vote.person();
      }
    }
    return "";
  }

  private static ObjectNode of(Request request) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("requestId", request.id());
    data.put("kind", request.kind().code());
    data.put("summary", request.asked().summary());
    if (request.asked().asked() instanceof Asked.Change change) {
      data.put("proposalId", change.proposalId());
      data.put("element", change.element());
    }
    return data;
  }

  private static ObjectNode of(Proposal proposal) {
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    data.put("proposalId", proposal.id());
    data.put("element", proposal.element());
    data.put("summary", proposal.summary());
    return data;
  }

  private static void send(
      Notification.Kind kind, String what, String subject, ObjectNode data, Now now) {
    now.outlet()
        .send(
            Topics.NOTIFICATIONS,
            Notification.PAYLOAD_TYPE,
            now.outlet()
                .notification(kind, lower(kind) + "-" + what, subject, now.ms(), data)
                .encode());
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
