package carrier

import "context"

// Phone is a person.
type Phone struct{}

// CaseloadReader reads.
type CaseloadReader func(context.Context) error
