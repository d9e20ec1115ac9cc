package io.knhk.knowledge.governance;

import java.util.List;

/**
 * A vote that counted.
 *
 * @param request as it stands after it
 * @param held what is held because it was a rejection
 */
public record Counted(Request request, List<Held> held) {
  public Counted {
    held = List.copyOf(held);
  }
}
