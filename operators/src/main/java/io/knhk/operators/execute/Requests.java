package io.knhk.operators.execute;

import io.knhk.knowledge.doctrine.DoctrineBook;
import io.knhk.knowledge.governance.Answer;
import io.knhk.knowledge.governance.Documents;
import io.knhk.knowledge.governance.Person;
import io.knhk.knowledge.governance.Relaxation;
import io.knhk.knowledge.governance.Request;
import io.knhk.knowledge.governance.RequestState;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.util.List;

/**
 * Follows requests to their end: lets time pass for them, carries out what was approved, and says
 * what became of each.
 */
final class Requests {
  /** Requests that one element can settle; more go on with the next tick. */
  static final int SETTLED_MAX = 100;

  private final SectorKnowledge knowledge;
  private final ProposalBook book;
  private final Changes changes;

  Requests(SectorKnowledge knowledge, ProposalBook book, Changes changes) {
    this.knowledge = knowledge;
    this.book = book;
    this.changes = changes;
  }

  /** Lets recorded time pass, until nothing changes by it any more. */
  void settle(Now now) throws Exception {
    for (Relaxation over : now.governance().expireRelaxations(now.ms())) {
      now.outlet().receipt(receipts(now).relaxationOver(over));
    }
    for (int i = 0; i < SETTLED_MAX; i++) {
      List<Request> changed = now.governance().advance(headId(now), now.ms());
      if (changed.isEmpty()) {
        return;
      }
      for (Request request : changed) {
        changed(request, now);
      }
    }
  }

  /** Does what follows from how a request stands now. */
  void changed(Request request, Now now) throws Exception {
    switch (request.state()) {
      case APPROVED -> carryOut(request, now);
      case REJECTED, REVOKED, EXPIRED -> {
        if (request.kind().promotes()) {
          changes.end(request, now);
        } else {
          now.outlet().receipt(receipts(now).ended(request, request.state().code()));
        }
        Notices.ended(request, now);
      }
      case SUBMITTED, UNDER_REVIEW, APPROVALS_PENDING, REFUSED -> {
        // The document of the request says so.
      }
    }
  }

  private void carryOut(Request request, Now now) throws Exception {
    if (request.kind().promotes()) {
      changes.carryOut(request, now);
      return;
    }
    now.outlet().receipt(receipts(now).ended(request, "approved"));
    switch (request.kind()) {
      case RELAXATION -> relax(request, now);
      case DOCTRINE -> changeDoctrine(request, now);
      case APPROVER -> changeApprover(request, now);
      case CHANGE, IMPORT, ROLLBACK ->
          throw new IllegalStateException("expected a request that promotes nothing");
    }
  }

  private void relax(Request request, Now now) throws Exception {
    Relaxation relaxation = now.governance().grantRelaxation(request, now.ms());
    now.outlet().receipt(receipts(now).relaxed(relaxation, request));
    now.outlet().document(Kind.RELAXATION, request.id(), 0, now.ms(), Documents.of(relaxation));
    // What the guard had stopped may be proposed again.
    book.freeRefused();
    done(request, now);
  }

  private void changeDoctrine(Request request, Now now) throws Exception {
    Answer<DoctrineBook.Entry> answer = now.governance().applyDoctrine(request);
    if (answer instanceof Answer.Accepted<DoctrineBook.Entry> entry) {
      now.outlet()
          .receipt(receipts(now).doctrine(entry.value(), now.governance().doctrine(), request));
      done(request, now);
    } else {
      failed(request, (Answer.Refused<?>) answer, now);
    }
  }

  private void changeApprover(Request request, Now now) throws Exception {
    Answer<Person> answer = now.governance().applyApprover(request, now.ms());
    if (answer instanceof Answer.Accepted<Person> person) {
      now.outlet().receipt(receipts(now).person(person.value(), request));
      done(request, now);
    } else {
      failed(request, (Answer.Refused<?>) answer, now);
    }
  }

  private static void done(Request request, Now now) {
    now.governance().end(request.id(), RequestState.APPROVED, "carried out", now.ms());
  }

  private void failed(Request request, Answer.Refused<?> no, Now now) throws Exception {
    String reason = no.reason().code() + ": " + no.detail();
    Request ended = now.governance().end(request.id(), RequestState.REFUSED, reason, now.ms());
    now.outlet().receipt(receipts(now).ended(ended, "refused"));
    Notices.ended(ended, now);
  }

  private String headId(Now now) throws Exception {
    return knowledge.head(now.sector()).state().snapshotId();
  }

  private GovernanceReceipts receipts(Now now) throws Exception {
    return new GovernanceReceipts(now.sector(), headId(now), now.ms());
  }
}
