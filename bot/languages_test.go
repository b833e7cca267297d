package main

import (
	"strings"
	"testing"
)

// A language that is there as files alone is offered to nobody before it is
// signed; who wants to try it says so.
func TestUnsignedLanguagesAreRefused(t *testing.T) {
	t.Parallel()
	p := providers{Pathway: "../templates/testdata/city.yaml"}
	_, err := p.pathway()
	if err == nil {
		t.Fatal("offered without a signature")
	}
	for _, want := range []string{
		`"city" offers "pl", whose files are not signed yet: in locales/active.pl.toml, reviewed_by: the name of a native speaker`,
		"in locales/lexicon.ar.toml, read_by_clinician = true: a clinician", "--allow-unreviewed",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not hold %q", err, want)
		}
	}
	if strings.Contains(err.Error(), `offers "cy"`) {
		t.Errorf("refuses Welsh: %v", err)
	}
	p.AllowUnreviewed = true
	way, err := p.pathway()
	if err != nil || len(way.Languages) != 4 {
		t.Errorf("not to be tried out either: %v, %v", way.Languages, err)
	}
	p = providers{Pathway: "ips"}
	if _, err := p.pathway(); err == nil || strings.Contains(err.Error(), "signed") {
		t.Errorf("the general model: %v", err)
	}
}
