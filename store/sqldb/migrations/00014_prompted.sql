-- Who is to be asked at the next call whether a case is solved: nodes know these numbers by heart.

CREATE INDEX cases_prompted ON cases (asker) WHERE state = 'answered' AND prompt = 'due' AND asker IS NOT NULL;
