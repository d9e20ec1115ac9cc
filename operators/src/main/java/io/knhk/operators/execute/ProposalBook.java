package io.knhk.operators.execute;

import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * What is open in a sector, by recorded time.
 *
 * <p>State, keyed by sector: pending proposals (at most {@code pendingMax}; they expire), held
 * elements (one an open or refused proposal; they expire with it), the times of the proposals of
 * the last hour (at most {@code proposalsPerHour}).
 */
final class ProposalBook {
  private static final long HOUR_MS = 3_600_000;

  private final ExecuteOptions options;
  private final MapState<String, PendingProposal> pending;
  private final MapState<String, HeldElement> held;
  private final ValueState<long[]> recent;
  private final ValueState<Integer> pendingCount;

  ProposalBook(RuntimeContext context, ExecuteOptions options) {
    this.options = options;
    this.pending =
        context.getMapState(
            new MapStateDescriptor<>(
                "pending", Types.STRING, TypeInformation.of(PendingProposal.class)));
    this.held =
        context.getMapState(
            new MapStateDescriptor<>(
                "held-elements", Types.STRING, TypeInformation.of(HeldElement.class)));
    this.recent =
        context.getState(
            new ValueStateDescriptor<>("recent-proposals", TypeInformation.of(long[].class)));
    this.pendingCount = context.getState(new ValueStateDescriptor<>("pending-count", Types.INT));
  }

  boolean isHeld(String element, long nowMs) throws Exception {
    HeldElement hold = held.get(element);
    return hold != null && hold.untilMs() > nowMs;
  }

  boolean isFull() throws Exception {
    return pendingCount() >= options.pendingMax();
  }

  boolean isOverRate(long nowMs) throws Exception {
    return lastHour(nowMs).length >= options.proposalsPerHour();
  }

  void countProposal(long nowMs) throws Exception {
    long[] before = lastHour(nowMs);
    long[] after = java.util.Arrays.copyOf(before, before.length + 1);
    after[before.length] = nowMs;
    recent.update(after);
  }

  /** Keeps a proposal, and its element, until people have decided or it expires. */
  PendingProposal wait(Proposal proposal, String verdictId) throws Exception {
    PendingProposal waiting =
        new PendingProposal(proposal, verdictId, proposal.recordedAtMs() + options.expiryMs());
    pending.put(proposal.id(), waiting);
    pendingCount.update(pendingCount() + 1);
    held.put(proposal.element(), new HeldElement(proposal.id(), waiting.expiresAtMs()));
    return waiting;
  }

  /** Keeps an element quiet after its proposal was refused. */
  void hold(Proposal proposal) throws Exception {
    held.put(
        proposal.element(),
        new HeldElement(proposal.id(), proposal.recordedAtMs() + options.expiryMs()));
  }

  /** Forgets what has expired and returns the proposals among it, in order of their expiry. */
  List<PendingProposal> takeExpired(long nowMs) throws Exception {
    List<PendingProposal> expired = new ArrayList<>();
    for (Map.Entry<String, PendingProposal> entry : pending.entries()) {
      if (entry.getValue().expiresAtMs() <= nowMs) {
        expired.add(entry.getValue());
      }
    }
    expired.sort(
        Comparator.comparingLong(PendingProposal::expiresAtMs)
            .thenComparing(waiting -> waiting.proposal().id()));
    for (PendingProposal waiting : expired) {
      pending.remove(waiting.proposal().id());
    }
    pendingCount.update(pendingCount() - expired.size());
    List<String> free = new ArrayList<>();
    for (Map.Entry<String, HeldElement> entry : held.entries()) {
      if (entry.getValue().untilMs() <= nowMs) {
        free.add(entry.getKey());
      }
    }
    for (String element : free) {
      held.remove(element);
    }
    return expired;
  }

  private int pendingCount() throws Exception {
    Integer count = pendingCount.value();
    return count == null ? 0 : count;
  }

  private long[] lastHour(long nowMs) throws Exception {
    long[] times = recent.value();
    if (times == null) {
      return new long[0];
    }
    return java.util.Arrays.stream(times).filter(time -> time > nowMs - HOUR_MS).toArray();
  }
}
