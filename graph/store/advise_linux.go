package store

import (
	"syscall"

	bolt "go.etcd.io/bbolt"
)

// adviseNormal undoes bbolt's advice that the file is read at random: blocks
// are read in order by scans, ten times faster with read-ahead when cold. The
// advice is only that, so an error does not matter.
func adviseNormal(db *bolt.DB) {
	info := db.Info()
	size := uintptr(mapSizes[0])
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, info.Data, size, syscall.MADV_NORMAL)
}
