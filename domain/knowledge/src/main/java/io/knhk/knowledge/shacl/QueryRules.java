package io.knhk.knowledge.shacl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.apache.jena.graph.Node;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.SortCondition;
import org.apache.jena.query.Syntax;
import org.apache.jena.sparql.core.TriplePath;
import org.apache.jena.sparql.expr.E_Function;
import org.apache.jena.sparql.expr.E_Now;
import org.apache.jena.sparql.expr.E_Regex;
import org.apache.jena.sparql.expr.E_StrReplace;
import org.apache.jena.sparql.expr.Expr;
import org.apache.jena.sparql.expr.ExprAggregator;
import org.apache.jena.sparql.expr.ExprFunction;
import org.apache.jena.sparql.expr.ExprFunctionOp;
import org.apache.jena.sparql.expr.Unstable;
import org.apache.jena.sparql.path.P_Link;
import org.apache.jena.sparql.path.P_NegPropSet;
import org.apache.jena.sparql.path.P_Path0;
import org.apache.jena.sparql.path.P_Path1;
import org.apache.jena.sparql.path.P_Path2;
import org.apache.jena.sparql.path.Path;
import org.apache.jena.sparql.pfunction.PropertyFunctionRegistry;
import org.apache.jena.sparql.syntax.Element;
import org.apache.jena.sparql.syntax.ElementBind;
import org.apache.jena.sparql.syntax.ElementFilter;
import org.apache.jena.sparql.syntax.ElementGroup;
import org.apache.jena.sparql.syntax.ElementOptional;
import org.apache.jena.sparql.syntax.ElementPathBlock;
import org.apache.jena.sparql.syntax.ElementSubQuery;
import org.apache.jena.sparql.syntax.ElementTriplesBlock;
import org.apache.jena.sparql.syntax.ElementUnion;
import org.apache.jena.vocabulary.XSD;
import org.jspecify.annotations.Nullable;

/**
 * Which queries a shape may have: SPARQL 1.1 (W3C, 2013) that looks at the data graph and nothing
 * else, and that answers the same whenever it is asked. It is a closed list of what is allowed, so
 * that what a later release of the engine brings is refused until somebody has looked at it.
 *
 * <p>Refused are therefore SERVICE, FROM, GRAPH and updates; functions and property functions with
 * an IRI, among them {@code java:} and scripts, the casts of XSD excepted; NOW, RAND, UUID, STRUUID
 * and BNODE; MINUS and VALUES, which SHACL, appendix A, forbids; extensions of the engine's own.
 */
public final class QueryRules {
  /** Characters of one query with its prefixes. */
  public static final int CHARS_MAX = 16 * 1024;

  /** Brackets within brackets. */
  public static final int NESTING_MAX = 64;

  private static final String CASTS = XSD.getURI();

  /** Predicates that may be property functions of this engine or of a later one. */
  private static final List<String> OF_THE_ENGINE =
      List.of("java:", "http://jena.apache.org/", "http://jena.hpl.hp.com/");

  private final Deque<Element> elements = new ArrayDeque<>();
  private final Deque<Expr> expressions = new ArrayDeque<>();
  private final Deque<Query> queries = new ArrayDeque<>();
  private @Nullable String found;

  private QueryRules() {}

  /** What is wrong with a query, one sentence; null when it may be asked. Nothing is evaluated. */
  public static @Nullable String problem(String query) {
    if (query.length() > CHARS_MAX) {
      return "expected a bounded query: chars=" + query.length() + ", limit=" + CHARS_MAX;
    }
    // Codepoint escapes would hide brackets from the next check, and are needed by nobody.
    if (query.contains("\\u") || query.contains("\\U")) {
      return "expected a query without codepoint escapes";
    }
    int nesting = Nesting.of(query);
    if (nesting > NESTING_MAX) {
      return "expected bounded nesting: depth=" + nesting + ", limit=" + NESTING_MAX;
    }
    try {
      Query parsed = new Query();
      QueryFactory.parse(parsed, query, null, Syntax.syntaxSPARQL_11);
      return new QueryRules().problem(parsed);
    } catch (RuntimeException e) {
      return "expected a query in SPARQL 1.1: " + oneLine(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      return "expected a query that the parser can follow";
    }
  }

  private @Nullable String problem(Query query) {
    if (!query.isSelectType() && !query.isAskType()) {
      return "expected a SELECT or an ASK query";
    }
    queries.add(query);
    while (found == null) {
      if (!queries.isEmpty()) {
        query(queries.remove());
      } else if (!elements.isEmpty()) {
        element(elements.remove());
      } else if (!expressions.isEmpty()) {
        expression(expressions.remove());
      } else {
        break;
      }
    }
    return found;
  }

  private void query(Query query) {
    if (query.hasDatasetDescription()) {
      refuse("FROM");
    }
    if (query.hasValues()) {
      refuse("VALUES");
    }
    if (query.getQueryPattern() != null) {
      elements.add(query.getQueryPattern());
    }
    expressions.addAll(query.getProject().getExprs().values());
    expressions.addAll(query.getGroupBy().getExprs().values());
    expressions.addAll(query.getHavingExprs());
    if (query.getOrderBy() != null) {
      query.getOrderBy().stream().map(SortCondition::getExpression).forEach(expressions::add);
    }
    query.getAggregators().forEach(expressions::add);
  }

  private void element(Element element) {
    if (element instanceof ElementGroup group) {
      elements.addAll(group.getElements());
    } else if (element instanceof ElementUnion union) {
      elements.addAll(union.getElements());
    } else if (element instanceof ElementOptional optional) {
      elements.add(optional.getOptionalElement());
    } else if (element instanceof ElementSubQuery sub) {
      queries.add(sub.getQuery());
    } else if (element instanceof ElementFilter filter) {
      expressions.add(filter.getExpr());
    } else if (element instanceof ElementBind bind) {
      expressions.add(bind.getExpr());
    } else if (element instanceof ElementPathBlock block) {
      for (TriplePath triple : block.getPattern()) {
        if (triple.isTriple()) {
          predicate(triple.getPredicate());
        } else {
          path(triple.getPath());
        }
      }
    } else if (element instanceof ElementTriplesBlock block) {
      block.getPattern().forEach(triple -> predicate(triple.getPredicate()));
    } else {
      refuse(element.getClass().getSimpleName().replace("Element", "").toUpperCase(Locale.ROOT));
    }
  }

  private void expression(Expr expression) {
    if (expression instanceof ExprAggregator aggregator) {
      if (aggregator.getAggregator().getExprList() != null) {
        expressions.addAll(aggregator.getAggregator().getExprList().getList());
      }
    } else if (expression instanceof ExprFunctionOp exists) {
      elements.add(exists.getElement());
    } else if (expression instanceof ExprFunction function) {
      function(function);
      for (int i = 1; i <= function.numArgs(); i++) {
        // Optional arguments that were not given are null.
        Expr argument = function.getArg(i);
        if (argument != null) {
          expressions.add(argument);
        }
      }
    }
  }

  private void function(ExprFunction function) {
    if (function instanceof Unstable || function instanceof E_Now) {
      refuse(function.getFunctionSymbol().getSymbol());
    }
    if (function instanceof E_Function) {
      if (!function.getFunctionIRI().startsWith(CASTS)) {
        refuse("the function <" + function.getFunctionIRI() + ">");
      }
    } else if (function.getFunctionIRI() != null) {
      refuse("the function <" + function.getFunctionIRI() + ">");
    }
    if (function instanceof E_Regex || function instanceof E_StrReplace) {
      Expr pattern = function.getArg(2);
      if (pattern == null || !pattern.isConstant()) {
        refuse("a pattern that is no constant");
      } else {
        String problem = PatternRules.problem(pattern.getConstant().asUnquotedString());
        if (problem != null && found == null) {
          found = problem;
        }
      }
    }
  }

  private void path(Path start) {
    Deque<Path> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Path path = open.remove();
      if (path instanceof P_Link link) {
        predicate(link.getNode());
      } else if (path instanceof P_Path1 one) {
        open.add(one.getSubPath());
      } else if (path instanceof P_Path2 two) {
        open.add(two.getLeft());
        open.add(two.getRight());
      } else if (!(path instanceof P_Path0 || path instanceof P_NegPropSet)) {
        refuse("a path of its own kind");
      }
    }
  }

  private void predicate(@Nullable Node predicate) {
    if (predicate != null
        && predicate.isURI()
        && (OF_THE_ENGINE.stream().anyMatch(predicate.getURI()::startsWith)
            || PropertyFunctionRegistry.get().manages(predicate.getURI()))) {
      refuse("the property function <" + predicate.getURI() + ">");
    }
  }

  private void refuse(String what) {
    if (found == null) {
      found = "expected a query of the data graph alone: found=" + what;
    }
  }

  private static String oneLine(String message) {
    String line = message.replace('\n', ' ').replace('\r', ' ');
    return line.length() <= 200 ? line : line.substring(0, 200);
  }
}
