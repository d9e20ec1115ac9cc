package io.knhk.operators.execute;

import io.knhk.schemas.knowledge.Delta;
import io.knhk.schemas.knowledge.Proposal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The changes that wait in a sector, with their triples, and what is not proposed again meanwhile.
 * Who has to agree, and for how long, is {@link Governed}'s.
 *
 * <p>State, keyed by sector: pending proposals (at most {@code pendingMax}; governance ends each),
 * the triples of those that are too many for one entry, held elements (one an open or refused
 * proposal; they expire with it), the times of the proposals of the last hour (at most {@code
 * proposalsPerHour}).
 */
final class ProposalBook {
  private static final long HOUR_MS = 3_600_000;

  private final ExecuteOptions options;
  private final MapState<String, PendingProposal> pending;
  private final MapState<String, byte[]> bulk;
  private final MapState<String, HeldElement> held;
  private final ValueState<long[]> recent;
  private final ValueState<Integer> pendingCount;

  ProposalBook(RuntimeContext context, ExecuteOptions options) {
    this.options = options;
    this.pending =
        context.getMapState(
            new MapStateDescriptor<>(
                "pending", Types.STRING, TypeInformation.of(PendingProposal.class)));
    this.bulk =
        context.getMapState(
            new MapStateDescriptor<>(
                "bulk-deltas",
                Types.STRING,
                PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
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
    return pendingCount() >= options.governance().pendingMax();
  }

  boolean isOverRate(long nowMs) throws Exception {
    return lastHour(nowMs).length >= options.proposalsPerHour();
  }

  void countProposal(long nowMs) throws Exception {
    long[] before = lastHour(nowMs);
    long[] after = Arrays.copyOf(before, before.length + 1);
    after[before.length] = nowMs;
    recent.update(after);
  }

  /**
   * Keeps a proposal, and its element, until it is decided.
   *
   * @param expiresAtMs recorded time
   */
  void wait(Proposal proposal, String verdictId, long expiresAtMs) throws Exception {
    pending.put(proposal.id(), new PendingProposal(kept(proposal), verdictId, expiresAtMs));
    pendingCount.update(pendingCount() + 1);
    held.put(proposal.element(), new HeldElement(proposal.id(), expiresAtMs));
  }

  /** One that waits, whole. */
  Optional<PendingProposal> find(String proposalId) throws Exception {
    PendingProposal found = pending.get(proposalId);
    return found == null ? Optional.empty() : Optional.of(whole(found));
  }

  /** All that wait, without the triples of those that have many; in order of id. */
  List<PendingProposal> all() throws Exception {
    List<PendingProposal> all = new ArrayList<>();
    pending.values().forEach(all::add);
    all.sort(Comparator.comparing(waiting -> waiting.proposal().id()));
    return all;
  }

  /** Forgets one that waits; what holds its element stays until its time is over. */
  void remove(String proposalId) throws Exception {
    if (pending.contains(proposalId)) {
      pending.remove(proposalId);
      bulk.remove(proposalId);
      pendingCount.update(pendingCount() - 1);
    }
  }

  /** Keeps an element quiet after its proposal was refused. */
  void hold(Proposal proposal) throws Exception {
    held.put(
        proposal.element(),
        new HeldElement(proposal.id(), proposal.recordedAtMs() + options.governance().expiryMs()));
  }

  /** Lets an element be proposed again. */
  void free(String element) throws Exception {
    held.remove(element);
  }

  /** Lets elements be proposed again whose proposal was refused; those of one that waits stay. */
  void freeRefused() throws Exception {
    List<String> free = new ArrayList<>();
    for (Map.Entry<String, HeldElement> entry : held.entries()) {
      if (!pending.contains(entry.getValue().proposalId())) {
        free.add(entry.getKey());
      }
    }
    for (String element : free) {
      held.remove(element);
    }
  }

  /** Lets those elements be proposed again whose time is over. */
  void freeExpired(long nowMs) throws Exception {
    List<String> free = new ArrayList<>();
    for (Map.Entry<String, HeldElement> entry : held.entries()) {
      if (entry.getValue().untilMs() <= nowMs) {
        free.add(entry.getKey());
      }
    }
    for (String element : free) {
      held.remove(element);
    }
  }

  private Proposal kept(Proposal proposal) throws Exception {
    if (proposal.delta().size() <= Delta.TRIPLES_MAX) {
      return proposal;
    }
    bulk.put(proposal.id(), BulkDelta.pack(proposal.delta()));
    return proposal.with(new Delta(List.of(), List.of()));
  }

  private PendingProposal whole(PendingProposal waiting) throws Exception {
    byte[] packed = bulk.get(waiting.proposal().id());
    return packed == null
        ? waiting
        : new PendingProposal(
            waiting.proposal().with(BulkDelta.unpack(packed)),
            waiting.verdictId(),
            waiting.expiresAtMs());
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
    return Arrays.stream(times).filter(time -> time > nowMs - HOUR_MS).toArray();
  }
}
