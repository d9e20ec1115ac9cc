package io.knhk.knowledge.governance;

/**
 * Something that somebody asks for.
 *
 * @param id of the message that asks, or of the loop's proposal; 64 hex digits
 * @param summary one sentence for the people who vote
 * @param author name of the person who asks, empty for the loop
 * @param onBehalfOf name of the person for whom it is asked, else empty
 */
public record NewRequest(String id, Asked asked, String summary, String author, String onBehalfOf) {
  boolean isByLoop() {
    return author.isEmpty();
  }

  /** Whether this person has something to gain: asks, is asked for, or is who it is about. */
  boolean concerns(String person) {
    return person.equals(author)
        || person.equals(onBehalfOf)
        || (asked instanceof Asked.Approver approver && person.equals(approver.person()));
  }
}
