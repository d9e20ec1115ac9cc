package io.knhk.knowledge;

import io.knhk.schemas.knowledge.DoctrineRule;
import io.knhk.schemas.observation.SampledObservation;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known around a change when it is validated, beside the head itself. All of it is passed
 * in, so that a result is a function of its candidate.
 *
 * @param recent a bounded sample of recent observations by event type, oldest first
 * @param doctrine all rules of the sector, in force or not
 * @param relaxedGuards IRIs, without angle brackets, of the guards that may be weakened now
 */
public record Context(
    Author author,
    Map<String, List<SampledObservation>> recent,
    List<DoctrineRule> doctrine,
    Set<String> relaxedGuards) {
  /** Nothing sampled, no rule, nothing relaxed, proposed by the loop. */
  public static final Context NONE = new Context(Author.LOOP, Map.of(), List.of(), Set.of());

  public Context {
    recent = Collections.unmodifiableMap(new TreeMap<>(recent));
    doctrine = List.copyOf(doctrine);
    relaxedGuards = Set.copyOf(relaxedGuards);
  }
}
