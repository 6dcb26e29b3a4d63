"""The Reconciliation Service API 0.2, as OpenRefine speaks it.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/

``terms`` says which types and properties there are, ``asking`` and ``values`` read what is asked, ``looking`` looks it
up in the graph. ``answering``, ``extending`` and ``preview`` give the answers, in worker processes. ``preparing`` has
the index of names made, and ``service`` routes.
"""

from avgraph.web.reconciliation.service import Reconciliation

__all__ = ["Reconciliation"]
