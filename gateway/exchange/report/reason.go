package report

import (
	"fmt"

	"baro/locales"
)

// A Code names a reason; programs read it, people read the sentences.
type Code string

// Reasons against a whole file.
const (
	Empty         Code = "empty_file"
	TooLarge      Code = "too_large"
	TooManyRows   Code = "too_many_rows"
	TooWide       Code = "too_many_columns"
	Binary        Code = "binary"
	OldExcel      Code = "old_excel"
	OpenDocument  Code = "open_document"
	Compressed    Code = "compressed"
	WebPage       Code = "web_page"
	ZipBomb       Code = "zip_bomb"
	DamagedXLSX   Code = "damaged_xlsx"
	DamagedCSV    Code = "damaged_csv"
	BadEncoding   Code = "bad_encoding"
	NoHeader      Code = "no_header"
	MapUnknown    Code = "map_unknown_column"
	PhoneAndGroup Code = "phone_beside_group"
	NoEdition     Code = "edition_missing"
	WrongEdition  Code = "edition_mismatch"
	NoPlaces      Code = "no_places"
	NoCommune     Code = "commune_missing"
	NoYear        Code = "year_missing"
	NoStage       Code = "stage_missing"
	UnitStated    Code = "unit_not_given"
	NothingToDo   Code = "no_rows"
	NoKeys        Code = "no_key_file"
)

// Reasons against a row.
const (
	Missing         Code = "missing"
	BadAmount       Code = "amount_unreadable"
	Fraction        Code = "amount_fraction"
	Exponent        Code = "amount_exponent"
	Ambiguous       Code = "amount_ambiguous"
	Negative        Code = "amount_negative"
	BadCode         Code = "code_destroyed"
	UnknownWord     Code = "unknown_word"
	BadDate         Code = "date_unreadable"
	BadNumber       Code = "number_unreadable"
	BadDialNumber   Code = "number_not_three_digits"
	NumberTaken     Code = "number_taken"
	NumberFixed     Code = "number_permanent"
	NoNumberLeft    Code = "no_number_left"
	UnknownParent   Code = "parent_unknown"
	WrongParent     Code = "parent_rank"
	Conflict        Code = "conflicting_rows"
	Duplicate       Code = "duplicate"
	OtherEdition    Code = "other_edition"
	NoCoordinates   Code = "coordinates_missing"
	OutsideMali     Code = "outside_mali"
	UnknownCommune  Code = "commune_unknown"
	OtherCommune    Code = "commune_differs"
	OtherYear       Code = "year_differs"
	OtherStage      Code = "stage_differs"
	BadPhone        Code = "phone_unreadable"
	TooLong         Code = "too_long"
	Archived        Code = "contact_archived"
	UnreadableHours Code = "hours_not_structured"
	OutsideCommune  Code = "outside_commune"
	Past            Code = "deadline_past"
	AlreadyOver     Code = "already_over"
	OnlyTenders     Code = "only_tenders"
)

// Reasons for a second look.
const (
	MixedEncoding     Code = "encoding_mixed"
	DoubledEncoding   Code = "encoding_doubled"
	DoubledColumn     Code = "column_doubled"
	NameDiffers       Code = "name_differs"
	TotalDiffers      Code = "total_differs"
	RowAboveTotal     Code = "row_above_total"
	TaxAboveRest      Code = "tdrl_above_section"
	Unbalanced        Code = "section_unbalanced"
	SumDiffers        Code = "sum_differs"
	RestDiffers       Code = "rest_differs"
	VillageUnknown    Code = "village_unknown"
	VersionReplaced   Code = "version_replaced"
	SameFile          Code = "same_file"
	FarFromPlaces     Code = "far_from_places"
	RegionDiffers     Code = "region_differs"
	NotInUse          Code = "edition_not_in_use"
	UnknownLanguage   Code = "language_unknown"
	StillStopped      Code = "refused_here"
	CodeNotRecognised Code = "commune_code_unknown"
)

// A Reason is a code with one sentence in each of the console's languages.
type Reason struct {
	Code    Code   `json:"code"`
	French  string `json:"fr"`
	English string `json:"en"`
}

// Because makes the reason of a code. Args fill the places of its sentences, the same in both languages; amounts are int64.
func Because(code Code, args ...any) Reason {
	fr, en := sentences(code)
	for i, a := range args {
		if amount, ok := a.(int64); ok {
			args[i] = string(locales.AppendAmount(nil, amount, locales.Bare))
		}
	}
	if len(args) > 0 {
		fr, en = fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)
	}
	return Reason{Code: code, French: fr, English: en}
}
