package io.knhk.operators.notify;

import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/** Makes a {@link DeliveryOperator} on the task that runs it. The secret is not in it. */
public final class DeliveryOperatorFactory extends AbstractStreamOperatorFactory<Void>
    implements OneInputStreamOperatorFactory<Delivery, Void> {
  private static final long serialVersionUID = 1L;

  private final NotifyOptions options;

  public DeliveryOperatorFactory(NotifyOptions options) {
    this.options = options;
  }

  @Override
  // Flink's signature; there is one operator that this makes.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T extends StreamOperator<Void>> T createStreamOperator(
      StreamOperatorParameters<Void> parameters) {
    return (T) new DeliveryOperator(parameters, options, parameters.getMailboxExecutor());
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
    return DeliveryOperator.class;
  }
}
