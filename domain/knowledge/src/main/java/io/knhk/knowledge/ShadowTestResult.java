package io.knhk.knowledge;

import org.jspecify.annotations.Nullable;

/**
 * What one shadow test found.
 *
 * @param test its IRI, without angle brackets
 * @param label for people, empty where it has none
 * @param checks questions asked and examples looked at
 * @param failure the first that was not as expected; null when the test passed
 */
public record ShadowTestResult(String test, String label, int checks, @Nullable Witness failure) {
  public boolean passed() {
    return failure == null;
  }
}
