package io.knhk.cli.govern;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knhk.cli.knowledge.Document;
import io.knhk.cli.knowledge.KnowledgeTables;
import io.knhk.schemas.knowledge.KnowledgeDocument.Kind;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request and the change that it is about.
 *
 * @param request null where the loop decided by itself
 * @param proposal null where no triples change, or none is stored yet
 */
record ProposalView(@Nullable StoredRequest request, @Nullable Document proposal) {
  /** What the archive has of a request's change. */
  static ProposalView of(KnowledgeTables tables, StoredRequest request) throws SQLException {
    String proposalId = request.proposalId();
    return new ProposalView(
        request,
        proposalId.isEmpty()
            ? null
            : tables.get(Kind.PROPOSAL, request.sector(), proposalId).orElse(null));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (request != null) {
      json.put("sector", request.sector());
      json.put("open", request.isOpen());
    } else if (proposal != null) {
      json.put("sector", proposal.sector());
    }
    json.set("request", request == null ? null : request.document().content());
    json.set("proposal", proposal == null ? null : proposal.content());
    return json;
  }

  List<String> toText(long nowMs) {
    return ProposalText.of(request, proposal == null ? null : proposal.content(), nowMs);
  }
}
