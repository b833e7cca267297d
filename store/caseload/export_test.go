package caseload

import "context"

// SealedColumns lists "table.column" of every column that Reseal knows.
func SealedColumns() (list []string) {
	for _, t := range sealedTables {
		for _, column := range t.columns {
			list = append(list, t.name+"."+column.name)
		}
	}
	return list
}

// HashColumns lists "table.column" of every keyed hash.
func HashColumns() (list []string) {
	for _, t := range sealedTables {
		for _, column := range t.columns {
			if column.hash != "" {
				list = append(list, t.name+"."+column.hash)
			}
		}
	}
	return append(list, hashesAlone...)
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
