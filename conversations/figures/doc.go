// Package figures says what the numbers are that a service reports: counted rows
// in, tables out, one definition per figure with its source beside it.
//
// It is pure: it reads no store and no clock, and never learns whose a row is.
// A number of 1 to 4 people is not shown, and nothing that is shown lets it be
// worked out (see sums). A text is never a contact (rule 11).
package figures
