package caseload

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// SealedColumns lists "table.column" of every column that Reseal knows.
func SealedColumns() (list []string) {
	for _, t := range sealedTables {
		for _, column := range t.columns {
			list = append(list, t.name+"."+column.name)
		}
	}
	return list
}

// HashColumns lists "table.column" of every keyed hash, and of what ends with it.
func HashColumns() (list []string) {
	for _, t := range sealedTables {
		for _, column := range t.columns {
			if column.hash != "" {
				list = append(list, t.name+"."+column.hash)
			}
		}
	}
	return append(list, endsWithItsKey...)
}

// Values counts the values of a column.
func (c *Caseload) Values(ctx context.Context, table, column string) (n int64, err error) {
	return n, single(ctx, c.db.reader(), []any{&n}, "SELECT COUNT(*) FROM "+table+" WHERE "+column+" IS NOT NULL")
}

// Columns lists "table.column" of every column of a type, on SQLite.
func (c *Caseload) Columns(ctx context.Context, of string) (list []string, err error) {
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var name string
		err := scan(&name)
		list = append(list, name)
		return err
	}, "SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.type = $1", of)
	return list, err
}

// Contents is every value of every table of the caseload as text, by table, with
// River's jobs, in the order of their first column.
func (c *Caseload) Contents(ctx context.Context, tables []string) (map[string][]string, error) {
	all := map[string][]string{}
	for _, table := range tables {
		var columns []string
		err := one(ctx, c.db.reader(), func(scan scan) error {
			var name string
			err := scan(&name)
			columns = append(columns, "COALESCE(CAST("+name+" AS TEXT), '(null)')")
			return err
		}, c.columnsOf(), table)
		if err == nil {
			err = one(ctx, c.db.reader(), func(scan scan) error {
				var row string
				err := scan(&row)
				all[table] = append(all[table], row)
				return err
			}, "SELECT "+strings.Join(columns, " || '|' || ")+" FROM "+table+" ORDER BY 1")
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", table, err)
		}
	}
	return all, nil
}

func (c *Caseload) columnsOf() string {
	if _, is := c.db.(*sqliteDB); is {
		return "SELECT name FROM pragma_table_info($1)"
	}
	return "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = current_schema() ORDER BY ordinal_position"
}

// Tables lists the tables of the caseload and of its jobs.
func (c *Caseload) Tables(ctx context.Context) (list []string, err error) {
	from := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	if _, is := c.db.(*sqliteDB); is {
		from = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	}
	err = one(ctx, c.db.reader(), func(scan scan) error {
		var name string
		err := scan(&name)
		if !slices.Contains(notBackedUp, name) {
			list = append(list, name)
		}
		return err
	}, from)
	return list, err
}
