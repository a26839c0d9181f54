"""What complete trials have reached, and nothing else of them."""

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional
from storage.studies import OBJECTIVES, Study


@transactional
def complete_values(session: Session, study: Study) -> np.ndarray:
    """The finite objectives of the complete trials, n x 2, in the order of `OBJECTIVES`."""
    found = session.execute(_VALUES, {"study": study.id}).all()
    return np.array([row.told for row in found], dtype=float).reshape(-1, len(OBJECTIVES))


_VALUES = text(f"""
SELECT array_agg(v.value ORDER BY v.objective) AS told
  FROM trials t JOIN trial_values v USING (trial_id)
 WHERE t.study_id = :study AND t.state = 'COMPLETE' AND v.value_type = 'FINITE'
 GROUP BY t.trial_id HAVING count(*) = {len(OBJECTIVES)} ORDER BY t.trial_id
""")
