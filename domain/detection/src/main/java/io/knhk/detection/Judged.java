package io.knhk.detection;

import io.knhk.schemas.detection.Finding;
import java.util.List;

/**
 * What a judgement leaves behind.
 *
 * @param state the key's state from now on
 * @param findings in the order of their windows, those of one window in the order of their kinds,
 *     mismatches last
 */
public record Judged(KeyState state, List<Finding> findings) {
  public Judged {
    findings = List.copyOf(findings);
  }
}
